import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';

const listeningAtThree = `
import os, socket, sys
listener = socket.socket(); listener.listen()
descriptor = os.dup2(listener.fileno(), 3, inheritable=True)
os.set_inheritable(3, True)
os.execvp(sys.argv[1], sys.argv[1:])
`;

describe.skipIf(!canRun)('what a service manager gives', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox('bb');
  });
  afterAll(() => scene[Symbol.dispose]());

  /** With descriptor 3 a socket and LISTEN_FDS as given. */
  const activated = (listen: string, ...args: string[]) => {
    const child = Bun.spawnSync(['python3', '-c', listeningAtThree, ...scene.command('podman', args)], {
      env: { ...process.env, LISTEN_FDS: listen, LISTEN_PID: '1', LISTEN_FDNAMES: 'web' },
      stdin: 'ignore',
    });
    return { code: child.exitCode, out: child.stdout.toString(), err: child.stderr.toString() };
  };
  const show = 'echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; readlink /proc/self/fd/3';

  it('its sockets are passed on to the container', () => {
    const { out } = activated('1', 'run', '--rm', '--net=none', 'bb', 'sh', '-c', show);
    expect(out).toMatch(/^1 1 web\nsocket:\[\d+\]\n$/);
  });
  it('no file of ours goes in their place where LISTEN_FDS promises too much', () => {
    const { out } = activated('40', 'run', '--rm', '--net=none', 'bb', 'ls', '/proc/self/fd');
    expect(out.trim().split('\n').length).toBeLessThanOrEqual(5);
  });
  it('descriptors that the user names come before them', () => {
    const { err, code } = activated('1', 'run', '--rm', '--net=none', '--preserve-fds', '1', 'bb', 'true');
    expect([code, err]).toEqual([0, expect.stringContaining('Ignoring LISTEN_FDS to preserve custom user-specified FDs')]);
  });
  it('a number that is none is refused', () => {
    const { code, err } = activated('x', 'run', '--rm', '--net=none', 'bb', 'true');
    expect([code, err]).toEqual([126, 'Error: converting LISTEN_FDS=x: strconv.Atoi: parsing "x": invalid syntax\n']);
  });
  it('our own streams are no descriptors to preserve', () => {
    const { code, err } = scene.once('--preserve-fd', '2', 'bb', 'true');
    expect([code, err]).toEqual([
      126,
      'Error: cannot preserve FD 2, consider using the passthrough log-driver to pass STDIO streams into the container: invalid argument\n',
    ]);
  });
  it('a socket that nobody listens at does not stop the container', () => {
    const path = join(scene.directory, 'nobody');
    closeSync(openSync(path, 'w'));
    const { code, err } = scene.run('podman', ['run', '--rm', '--net=none', 'bb', 'true'], { env: { NOTIFY_SOCKET: `${path}x` } });
    expect([code, err]).toEqual([
      0,
      expect.stringContaining(`Notifying systemd of Conmon PID: dial unixgram ${path}x: connect: no such file or directory`),
    ]);
  });
});
