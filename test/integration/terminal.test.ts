import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from './container-fixture.ts';
import { TerminalSession } from './terminal-fixture.ts';

const CTRL_C = '\x03';
const CTRL_P = '\x10';
const CTRL_Q = '\x11';

describe.skipIf(!canRun)('a terminal', () => {
  let scene: ContainerScene;

  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox('bb', () => {}, 'ENTRYPOINT ["/bin/busybox"]');
    scene.lines('run', '-d', '--net=none', '--name', 'still', 'bb', 'sleep', '1000');
  });
  afterAll(() => scene[Symbol.dispose]());

  const onTerminal = (args: string[], size?: { rows: number; columns: number }) => new TerminalSession(scene.command('podman', args), size);
  const run = (...args: string[]): string[] => ['run', '--net=none', ...args];
  const status = (name: string): string => scene.lines('ps', '-a', '--filter', `name=^${name}$`, '--format', '{{.State}}')[0] ?? 'gone';
  /** A shell that says when it has drawn its prompt. */
  const shell = ['-e', 'PS1=ready: ', 'bb', 'sh'];

  it('has the size of ours, and takes on a new one', async () => {
    using session = onTerminal(run('--rm', '-it', ...shell), { rows: 33, columns: 101 });
    await (await session.until('ready: ')).type('stty size\r').until('33 101');
    await session.until('ready: ');
    session.resize(40, 90);
    await Bun.sleep(300);
    await session.type('stty size\r').until('40 90');
    session.type('exit 4\r');
    expect(await session.exited).toBe(4);
  });

  it.each([
    ['run', () => run('--rm', '-t', 'bb', 'sh', '-c', 'echo here; sleep 1; echo done')],
    ['exec', () => ['exec', '-t', 'still', 'busybox', 'sh', '-c', 'echo here; sleep 1; echo done']],
  ])('%s -t without -i neither echoes what is typed nor is ended by it', async (_command, args) => {
    using session = onTerminal(args());
    (await session.until('here')).type(`x${CTRL_C}`);
    expect(await session.exited).toBe(0);
    expect(session.screen).toBe('here\r\ndone\r\n');
  });

  it('is left by the detach keys and come back to, again and again', async () => {
    using first = onTerminal(run('--name', 'kept', '-it', ...shell));
    (await first.until('ready: ')).type(CTRL_P);
    await Bun.sleep(100);
    first.type(CTRL_Q);
    expect(await first.exited).toBe(0);
    expect(status('kept')).toBe('running');
    for (const word of ['one', 'two']) {
      using again = onTerminal(['attach', 'kept']);
      await Bun.sleep(500);
      await again.type(`echo ${word}$((1+1))\r`).until(`${word}2`);
      again.type(CTRL_P + CTRL_Q);
      expect(await again.exited).toBe(0);
    }
    using started = onTerminal(['start', '-a', 'kept']);
    await Bun.sleep(500);
    await started.type('echo three$((1+1))\r').until('three2');
    started.type('exit 7\r');
    expect(await started.exited).toBe(7);
  });

  it('passes a beginning of the detach keys on when no end follows', async () => {
    using session = onTerminal(
      run('--rm', '-it', '--detach-keys', 'ctrl-a,b', 'bb', 'sh', '-c', 'stty raw -echo; echo on; head -c 2 | od -c'),
    );
    await session.until('on');
    session.type('\x01');
    await Bun.sleep(100);
    session.type('x');
    expect(await session.exited).toBe(0);
    expect(session.screen).toMatch(/001\s+x/);
  });

  it('attach exits with 0 whatever the container ended with, on a new line', async () => {
    scene.lines(...run('-d', '-i', '--name', 'reader', 'bb', 'sh', '-c', 'read x; printf "got $x"; exit 3'));
    const { code, out } = scene.run('podman', ['attach', 'reader'], { input: 'word\n' });
    expect([code, out]).toEqual([0, 'got word\n']);
    expect(scene.podman('attach', '--detach-keys=foo', 'still')).toMatchObject({
      code: 125,
      err: expect.stringMatching(/^Error: attaching to container [0-9a-f]{64}: invalid detach keys: Unknown character: 'foo'\n$/),
    });
  });

  it('start -a gives the container our input where it reads any', () => {
    scene.lines('create', '--net=none', '-i', '--name', 'asks', 'bb', 'cat');
    expect(scene.run('podman', ['start', '-a', 'asks'], { input: 'asked\n' })).toMatchObject({ code: 0, out: 'asked\n' });
  });

  it('signals that we get go to the container, on a terminal too', async () => {
    const script = 'trap "echo WINCHED" WINCH; trap "echo STOPPED" TSTP; trap "exit 9" TERM; echo on; while :; do sleep 0.1; done';
    for (const terminal of [['-t'], []]) {
      using session = onTerminal(run('--rm', ...terminal, 'bb', 'sh', '-c', script));
      await session.until('on');
      await session.signal('SIGTSTP').until('STOPPED');
      await session.signal('SIGWINCH').until('WINCHED');
      expect(await session.signal('SIGTERM').exited).toBe(9);
    }
  });

  it('a container made with --rm that cannot start is gone after start', () => {
    for (const attach of [['-a'], []]) {
      scene.lines('create', '--rm', '--net=none', '--name', 'never', '--entrypoint', '/nosuch', 'bb');
      const { code, err } = scene.podman('start', ...attach, 'never');
      expect([code, err]).toEqual([
        125,
        expect.stringMatching(/^Error: unable to start container "?[0-9a-f]{64}"?: crun: executable file/),
      ]);
      expect(status('never')).toBe('gone');
    }
  });
});
