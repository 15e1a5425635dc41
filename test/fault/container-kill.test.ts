import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerScene, canRun } from '../integration/container-fixture.ts';
import { commandLine, containerLeftovers } from './leftovers.ts';

/** How often a command is killed; the seed can be given again to see the same moments. */
const kills = Number(process.env['SELKIE_KILLS'] ?? 14);
const seed = Number(process.env['SELKIE_SEED'] ?? Date.now() % 1_000_000);

let state = seed;
function random(): number {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 0x7fffffff;
}

/** States with a process; an initialized one waits for its start. */
const there = ['initialized', 'running', 'paused', 'stopping'];

interface Inspected {
  Id: string;
  Name: string;
  State: { Status: string; Running: boolean; Pid: number; ConmonPid: number };
}

describe.skipIf(!canRun)(`R01, R06: what is killed (seed ${seed})`, () => {
  let scene: ContainerScene;
  const seen = new Set<string>();
  beforeAll(() => {
    scene = new ContainerScene();
    scene.busybox();
  });
  afterEach(async () => {
    scene.lines('rm', '-fa', '-t', '0');
    scene.lines('system', 'prune', '--external');
    // The exit command of a killed command's conmon may still be at work.
    await expect.poll(() => containerLeftovers(scene.root, scene.runroot, [...seen]), { timeout: 10_000 }).toEqual([]);
  });
  afterAll(() => scene[Symbol.dispose]());

  const run = (...flags: string[]): string => {
    const [id] = scene.lines('run', '-d', '--net=none', ...flags, 'bb', 'sleep', '10000');
    seen.add(id!);
    return id!;
  };

  /** Every state that is shown is what is; what ends between the look and the check is looked at again. */
  async function expectTruth(): Promise<void> {
    await expect.poll(untruths, { timeout: 5000 }).toEqual([]);
  }

  function untruths(): unknown[] {
    const ids = scene.lines('ps', '-aq', '--no-trunc');
    for (const id of ids) seen.add(id);
    const { out } = scene.podman('inspect', ...ids);
    const containers = ids.length === 0 ? [] : (JSON.parse(out) as Inspected[]);
    return containers.flatMap(({ Name, State: { Status, Running, Pid, ConmonPid } }) => {
      const isThere = Pid > 0 && commandLine(Pid).length > 0;
      return isThere === there.includes(Status) && Running === (Status === 'running')
        ? []
        : [{ Name, Status, Running, Pid, process: stat(Pid), conmon: stat(ConmonPid) }];
    });
  }

  const stat = (pid: number): string => spawnSync('cat', [`/proc/${pid}/stat`, `/proc/${pid}/wchan`], { encoding: 'utf8' }).stdout;

  /** Starts selkie and kills it after a while. @returns whether it was still there */
  async function killed(args: string[], milliseconds: number): Promise<boolean> {
    const child = spawn(process.env['SELKIE'] ?? 'dist/selkie', [...scene.store('podman'), ...args], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
    clearTimeout(timer);
    return signal === 'SIGKILL';
  }

  it(
    `${kills} commands leave true states, and what can be removed`,
    async () => {
      let hits = 0;
      for (let round = 0; round < kills; round++) {
        const name = `c${round}`;
        const commands: [string[], (() => unknown)?][] = [
          [['run', '--rm', '--net=none', '--name', name, 'bb', 'true']],
          [['run', '-d', '--net=none', '--name', name, 'bb', 'sleep', '10000']],
          [['start', name], () => scene.lines('create', '--net=none', '--name', name, 'bb', 'sleep', '10000')],
          [['stop', '-t', '0', name], () => run('--name', name)],
          [['rm', '-f', '-t', '0', name], () => run('--name', name)],
          [['exec', name, 'true'], () => run('--name', name)],
          [['commit', '-q', name, 'made'], () => run('--name', name)],
        ];
        const [command, before] = commands[round % commands.length]!;
        before?.();
        if (await killed(command, 5 + random() * 200)) hits++;
        await expectTruth();
        // Whatever was cut off can be done again, or undone.
        if (round % 2 === 1) scene.lines('rm', '-f', '-i', '-t', '0', name);
      }
      // A fast machine is done before many of the moments; with none hit nothing was tried.
      expect(hits).toBeGreaterThan(0);
    },
    20_000 + kills * 8000,
  );

  it('conmon: the container is still what it was, and can be stopped and removed', async () => {
    const id = run('--name', 'c');
    const [inspected] = JSON.parse(scene.podman('inspect', 'c').out) as Inspected[];
    process.kill(inspected!.State.ConmonPid, 'SIGKILL');
    await expectTruth();
    const { code, err } = scene.podman('stop', '-t', '0', 'c');
    expect({ code, err }).toEqual({
      code: 125,
      err: `Error: container ${id} conmon exited prematurely, exit code could not be retrieved: conmon process killed\n`,
    });
    await expectTruth();
    expect(scene.lines('ps', '-a', '--format', '{{.State}}')).toEqual(['exited']);
  });

  it("the container's first process: it has ended with 137", async () => {
    run('--name', 'c');
    const [inspected] = JSON.parse(scene.podman('inspect', 'c').out) as Inspected[];
    process.kill(inspected!.State.Pid, 'SIGKILL');
    expect(scene.lines('wait', 'c')).toEqual(['137']);
    await expectTruth();
  });

  it('conmon and the process at once: it has ended, nobody knows how, and can be started again', async () => {
    run('--name', 'c');
    const [inspected] = JSON.parse(scene.podman('inspect', 'c').out) as Inspected[];
    process.kill(inspected!.State.ConmonPid, 'SIGKILL');
    process.kill(inspected!.State.Pid, 'SIGKILL');
    await expectTruth();
    scene.lines('start', 'c');
    await expectTruth();
    expect(scene.lines('ps', '--format', '{{.Names}}')).toEqual(['c']);
  });
});

describe.skipIf(!canRun)('R02: a full disk', () => {
  let scene: ContainerScene;
  beforeAll(() => {
    scene = new ContainerScene();
    mkdirSync(scene.root);
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', scene.root]);
    scene.busybox();
  });
  afterAll(() => {
    scene.podman('rm', '-fa', '-t', '0');
    spawnSync('umount', ['-R', scene.root]);
    scene[Symbol.dispose]();
  });

  const fill = (): void => {
    spawnSync('dd', ['if=/dev/zero', `of=${join(scene.root, 'ballast')}`, 'bs=64k']);
    spawnSync('dd', ['if=/dev/zero', `of=${join(scene.root, 'ballast')}`, 'bs=1', 'count=4096', 'oflag=append', 'conv=notrunc']);
  };
  const empty = (): void => writeFileSync(join(scene.root, 'ballast'), '');

  it('stops create, commit and run with an error that says so; with room again they succeed, and all can be removed', () => {
    scene.lines('run', '-d', '--net=none', '--name', 'here', 'bb', 'sleep', '10000');
    scene.lines('exec', 'here', 'sh', '-c', 'cat /bin/busybox > /data/large');
    fill();
    for (const command of [
      ['create', '--net=none', '--name', 'there', 'bb', 'true'],
      ['commit', '-q', 'here', 'made'],
      ['run', '--rm', '--net=none', '--name', 'there', 'bb', 'true'],
    ]) {
      const { code, err } = scene.podman(...command);
      expect({ command, code: code !== 0, err }).toMatchObject({ code: true, err: expect.stringMatching(/no space left|disk.*full/i) });
    }
    expect(scene.lines('ps', '--format', '{{.Names}} {{.State}}')).toEqual(['here running']);
    empty();
    scene.lines('commit', '-q', 'here', 'made');
    scene.lines('create', '--net=none', '--name', 'there', 'bb', 'true');
    fill();
    scene.lines('rm', '-f', '-t', '0', 'here', 'there');
    scene.lines('rmi', 'made');
    empty();
    expect(containerLeftovers(scene.root, scene.runroot, []).filter((one) => !one.endsWith('ballast'))).toEqual([]);
    expect(scene.lines('ps', '-aq')).toEqual([]);
  });
});
