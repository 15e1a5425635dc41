import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ContainerEngine } from '../../src/container/engine.ts';
import { SelkieError } from '../../src/errors.ts';
import { type AutoUpdateOptions, autoUpdate } from '../../src/systemd/auto-update.ts';
import { ContainerScene, canRun } from './container-fixture.ts';

const hasRegistry = Bun.which('docker-registry') !== null;
const LABEL = 'io.containers.autoupdate';
let scene: ContainerScene;
let registry: ReturnType<typeof spawn> | undefined;
let place = '';
const restarted: string[] = [];
/** Units of which a restart fails, and how often. */
const failures = new Map<string, number>();

/** systemd does not run here: what restarts units only notes it. */
const services = {
  restart: async (unit: string) => {
    restarted.push(unit);
    const left = failures.get(unit) ?? 0;
    failures.set(unit, left - 1);
    if (left > 0) throw new SelkieError(`error restarting systemd unit "${unit}" expected "done" but received "failed"`);
  },
};

async function update(options: Partial<AutoUpdateOptions> = {}): Promise<{ updated: Record<string, string>; errors: string[] }> {
  using engine = ContainerEngine.open({ programName: 'podman', root: scene.root, runroot: scene.runroot, logLevel: 'warning' });
  const { reports, errors } = await autoUpdate(engine, {
    dryRun: false,
    rollback: true,
    copy: { tlsVerify: false },
    connect: () => services,
    ...options,
  });
  return {
    updated: Object.fromEntries(reports.map(({ container, updated }) => [container.name, updated])),
    errors: errors.map(({ message }) => message),
  };
}

function run(name: string, image: string, policy: string, unit = `${name}.service`): void {
  const { code, err } = scene.run(
    'podman',
    ['run', '-d', '--name', name, '--net=none', '--label', `${LABEL}=${policy}`, image, 'sleep', '1000'],
    { env: { PODMAN_SYSTEMD_UNIT: unit } },
  );
  expect([code, err]).toEqual([0, '']);
}

const idOf = (image: string): string => scene.lines('image', 'inspect', '--format', '{{.Id}}', image)[0]!;

describe.skipIf(!canRun)('auto-update', () => {
  beforeAll(async () => {
    scene = new ContainerScene();
    scene.busybox('app1');
    scene.busybox('app2', (tree) => writeFileSync(join(tree, 'new'), ''));
    if (!hasRegistry) return;
    const port = await freePort();
    place = `localhost:${port}`;
    const data = join(scene.directory, 'registry');
    mkdirSync(data);
    const config = join(scene.directory, 'registry.yml');
    writeFileSync(
      config,
      `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${data}}}\nhttp: {addr: "127.0.0.1:${port}"}\n`,
    );
    registry = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
    for (let left = 100; left > 0; left--) {
      if (
        await fetch(`http://${place}/v2/`).then(
          () => true,
          () => false,
        )
      )
        return;
      await Bun.sleep(100);
    }
  }, 30_000);
  afterAll(() => {
    registry?.kill();
    scene?.[Symbol.dispose]();
  });
  beforeEach(() => {
    scene.podman('rm', '-fa', '-t', '0');
    restarted.length = 0;
    failures.clear();
  });

  test('nothing asks for it', () => {
    expect(scene.podman('auto-update')).toEqual({ code: 0, out: '', err: '' });
    expect(scene.podman('auto-update', 'x').err).toContain('podman auto-update` takes no arguments');
    expect(scene.podman('auto-update', '--authfile', '/nope').err).toContain('credential file is not accessible');
  });

  test('a registry to ask must be named', () => {
    const { code, err } = scene.podman('create', '--label', `${LABEL}=registry`, 'app1');
    expect([code, err]).toEqual([125, 'Error: short name: auto updates require fully-qualified image reference: "app1"\n']);
    expect(scene.podman('create', '--label', `${LABEL}=disabled`, 'app1').code).toBe(0);
  });

  test('what cannot be updated is named, and keeps nobody else from it', async () => {
    scene.lines('tag', 'localhost/app1', 'localhost/local');
    scene.lines('run', '-d', '--name', 'loose', '--net=none', '--label', `${LABEL}=local`, 'localhost/local', 'sleep', '1000');
    run('odd', 'localhost/local', 'bogus');
    run('good', 'localhost/local', 'local');
    const { updated, errors } = await update();
    expect(updated).toEqual({ good: 'false' });
    expect(errors).toEqual([
      expect.stringMatching(/^auto-updating container "[0-9a-f]{64}": no PODMAN_SYSTEMD_UNIT label found$/),
      expect.stringMatching(/: invalid auto-update policy "bogus": valid policies are \["disabled" "image" "local" "registry"\]$/),
    ]);
    expect(scene.podman('auto-update').err).toMatch(/\* dial unix \/run\/systemd\/private: connect: no such file or directory\n$|^$/);
  });

  test('local: the name has another image now', async () => {
    scene.lines('tag', 'localhost/app1', 'localhost/local');
    run('one', 'localhost/local', 'local', 'both.service');
    run('two', 'localhost/app1', 'local', 'both.service');
    scene.lines('tag', 'localhost/app2', 'localhost/local');
    expect((await update({ dryRun: true })).updated).toEqual({ one: 'pending', two: 'false' });
    expect(restarted).toEqual([]);
    // Both are in the unit that is restarted.
    expect(await update()).toEqual({ updated: { one: 'true', two: 'true' }, errors: [] });
    expect(restarted).toEqual(['both.service']);
    expect(scene.podman('events', '--stream=false', '--filter', 'type=system', '--format', '{{.Status}}').out).toContain('auto-update');
  });

  test('a unit that does not start goes back to the image before', async () => {
    const before = idOf('localhost/app1');
    scene.lines('tag', 'localhost/app1', 'localhost/local');
    run('one', 'localhost/local', 'local');
    scene.lines('tag', 'localhost/app2', 'localhost/local');
    failures.set('one.service', 1);
    expect(await update({ rollback: false })).toEqual({
      updated: { one: 'failed' },
      errors: [
        'restarting unit one.service during update: error restarting systemd unit "one.service" expected "done" but received "failed"',
      ],
    });
    failures.set('one.service', 1);
    expect((await update()).updated).toEqual({ one: 'rolled back' });
    expect(idOf('localhost/local')).toBe(before);
  });

  test.skipIf(!hasRegistry)('registry: asks whether there is a newer one, and pulls it', async () => {
    const name = `${place}/app:latest`;
    scene.lines('push', '-q', '--tls-verify=false', 'localhost/app1', name);
    scene.lines('pull', '-q', '--tls-verify=false', name);
    const before = idOf(name);
    run('one', name, 'registry');
    run('two', name, 'image');
    expect((await update()).updated).toEqual({ one: 'false', two: 'false' });
    scene.lines('push', '-q', '--tls-verify=false', 'localhost/app2', name);
    expect((await update({ dryRun: true })).updated).toEqual({ one: 'pending', two: 'pending' });
    expect(idOf(name)).toBe(before);
    expect((await update()).updated).toEqual({ one: 'true', two: 'true' });
    expect(idOf(name)).not.toBe(before);
    expect(restarted).toEqual(['one.service', 'two.service']);
  });
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
