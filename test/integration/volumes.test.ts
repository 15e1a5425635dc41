import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

describe.skipIf(!canRun)('volumes', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterAll(() => scene[Symbol.dispose]());
  const error = (...args: string[]): string => {
    const { code, err } = scene.podman(...args);
    expect(code).toBe(125);
    return err;
  };

  it('are mounts with the same fields as binds', () => {
    scene.lines('create', '--name', 'c', '--net=none', '-v', 'data:/v', '-v', `${scene.directory}:/b:ro`, 'bb', 'true');
    const shown = scene.lines('inspect', '--format', '{{range .Mounts}}{{.Type}} {{.Name}}|{{.SubPath}}|{{.RW}};{{end}}', 'c');
    expect(shown).toEqual(['volume data||true;bind ||false;']);
    expect(scene.lines('inspect', '--format', '{{range .Mounts}}{{json .}}{{end}}', 'c')[0]).not.toContain('SubPath');
  });

  it('refuse what they cannot be made of', () => {
    expect(error('volume', 'create', '-d', 'image', '-o', 'image=nosuch', 'i')).toBe(
      'Error: looking up image nosuch to create volume failed: nosuch: image not known\n',
    );
    expect(error('volume', 'create', '-o', 'o=timeout=5', 't')).toBe(
      'Error: running volume create option: Volume driver timeout can only be used with non-local volume drivers: invalid argument\n',
    );
    expect(scene.lines('volume', 'ls', '-q')).not.toContain('t');
  });

  it('say which volume could not be mounted', () => {
    scene.lines('volume', 'create', '-o', 'type=none', '-o', 'o=bind', '-o', `device=${scene.directory}/gone`, 'gone');
    expect(scene.once('-v', 'gone:/v', 'bb', 'true').err).toMatch(/^Error: mounting volume gone for container [0-9a-f]{64}: mount: /);
  });

  it.each([
    ['type=volume,src=part,dst=/v,subpath=nosuch', '/_data/nosuch'],
    ['type=image,src=bb,dst=/v,subpath=/nosuch', '/nosuch'],
  ])('have no part that is not there: %s', (mount, path) => {
    const { code, err } = scene.once('--mount', mount, 'bb', 'true');
    expect(code).toBe(127);
    expect(err).toMatch(/^Error: securejoin.OpenInRoot \/?nosuch: openat2 \S+: no such file or directory\n$/);
    expect(err).toContain(`${path}: no such`);
  });

  it('want the directories of an overlay to be there', () => {
    const [upper, work] = ['upper', 'work'].map((name) => join(scene.directory, name));
    expect(scene.once('-v', `data:/v:O,upperdir=${upper},workdir=${work}`, 'bb', 'true').err).toMatch(
      /^Error: mounting overlay failed "\S+\/data\/_data": chmod \S+\/upper: no such file or directory\n$/,
    );
  });

  it('name themselves when an archive cannot be unpacked, or written', () => {
    const junk = join(scene.directory, 'junk');
    writeFileSync(junk, 'junk\n');
    expect(error('volume', 'import', 'data', junk)).toMatch(/^Error: extracting into volume data: unpacking failed/);
    const target = join(scene.directory, 'nosuch/out.tar');
    expect(error('volume', 'export', 'data', '-o', target)).toBe(
      `Error: unable to create target file path "${target}": open ${target}: no such file or directory\n`,
    );
    expect(existsSync(target)).toBe(false);
  });
});
