import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('containers.conf', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox('bb');
    scene.lines('tag', 'bb', 'localhost/second:1');
  });
  afterAll(() => scene[Symbol.dispose]());

  const configured = (text: string, ...args: string[]) => {
    const path = join(scene.directory, 'override.conf');
    writeFileSync(path, text);
    return scene.run('podman', args, { env: { CONTAINERS_CONF_OVERRIDE: path } });
  };

  it.each([
    ['[containers]\nshm_size="much"', 'validating containers config: invalid --shm-size much, "invalid size: \'much\'"'],
    [
      '[engine]\npull_policy="maybe"',
      'validating engine configs: invalid pull type from containers.conf "maybe": unsupported pull policy "maybe"',
    ],
  ])('%j keeps every command from starting', (text, reason) =>
    expect(configured(text, 'ps')).toEqual({ code: 1, out: '', err: `Failed to obtain podman configuration: ${reason}\n` }),
  );

  it.each([
    ['[engine]\nlock_type="none"', 'unknown lock type none: invalid argument'],
    ['[engine]\nnum_locks=0', 'number of locks must be greater than 0: invalid argument'],
    ['[network]\nnetwork_backend="cni"', 'cni support is not enabled in this build, only netavark. Got unsupported network backend "cni"'],
  ])('%j is refused', (text, reason) => expect(configured(text, 'ps')).toEqual({ code: 125, out: '', err: `Error: ${reason}\n` }));

  it('its defaults are those that help shows', () => {
    const text = '[engine]\nstop_timeout=3\ndetach_keys="ctrl-x"\nkube_generate_type="deployment"\n';
    for (const command of ['stop', 'restart', 'rm', 'pod stop', 'create'])
      expect(configured(text, ...command.split(' '), '--help').out).toMatch(/time(out)? (int|uint) .*\(default 3\)/);
    expect(configured(text, 'attach', '--help').out).toContain('(default "ctrl-x")');
    expect(configured(text, 'kube', 'generate', '--help').out).toContain('(default "deployment")');
  });

  it('conmon has the variables of conmon_env_vars', () => {
    const probe = join(scene.directory, 'conmon');
    writeFileSync(probe, '#!/bin/sh\necho "$PROBE" > "$0.env"\nexec conmon "$@"\n', { mode: 0o755 });
    const text = `[engine]\nconmon_path=["${probe}"]\nconmon_env_vars=["PROBE=seen","PATH=/usr/local/bin:/usr/bin:/bin"]\n`;
    expect(configured(text, 'run', '--rm', '--net=none', 'bb', 'cat', '/proc/1/comm').code).toBe(0);
    expect(scene.podman('run', '--rm', '--net=none', '-v', `${probe}.env:/env:ro`, 'bb', 'cat', '/env').out).toBe('seen\n');
  });

  it('multi_image_archive makes one archive of several names', () => {
    const archive = join(scene.directory, 'both.tar');
    expect(configured('[engine]\nmulti_image_archive=true\n', 'save', '-q', '-o', archive, 'bb', 'localhost/second:1').code).toBe(0);
    expect(scene.podman('load', '-i', archive).out).toContain('localhost/second:1');
  });
});
