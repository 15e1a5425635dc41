/**
 * bun test/bench/many.ts [COUNT]: how much longer commands take in a store of COUNT containers (default 1000) than in one of ten, with
 * dist/selkie. Prints milliseconds of both and the ratio; fails above a ratio of three. As root.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createContainer } from '../../src/container/create.ts';
import { ContainerEngine } from '../../src/container/engine.ts';

const few = 10;
const many = Number(process.argv[2] ?? 1000);
const rounds = 9;
const selkie = process.env['SELKIE'] ?? resolve(import.meta.dirname, '../../dist/selkie');
const directory = mkdtempSync(join(process.env['TMPDIR'] ?? tmpdir(), 'selkie-many-'));

const commands = [
  ['ps'],
  ['ps', '-a'],
  ['ps', '-aq', '--filter', 'name=c7'],
  ['__complete', 'rm', ''],
  ['__complete', 'rm', 'c7'],
  ['inspect', 'c7'],
  ['container', 'exists', 'c7'],
  ['images'],
  ['volume', 'ls'],
  ['network', 'ls'],
  ['run', '--rm', '--net=none', 'localhost/selkie/hello', 'true'],
];

class Scale implements Disposable {
  private readonly store: string[];

  constructor(private readonly name: string) {
    this.store = ['--root', join(directory, name), '--runroot', join(directory, `${name}-run`)];
    Bun.spawnSync([selkie, ...this.store, 'load', '-q', '-i', resolve(import.meta.dirname, '../../dist/hello.tar')]);
  }

  /** In this process: a thousand starts would only measure starts. */
  async fill(count: number): Promise<void> {
    using engine = ContainerEngine.open({ programName: 'podman', root: this.store[1]!, runroot: this.store[3]! } as never);
    for (let at = 0; at < count; at++) {
      await createContainer(engine, {
        image: 'localhost/selkie/hello',
        name: `c${at}`,
        command: ['sleep', '100'],
        network: ['none'],
      } as never);
    }
  }

  /** Milliseconds of wall clock and of both kinds of processor time. */
  time(command: string[]): { wall: number; cpu: number } {
    const words = command[0] === '__complete' ? ['__complete', ...this.store, ...command.slice(1)] : [...this.store, ...command];
    const start = performance.now();
    const { resourceUsage, exitCode, stderr } = Bun.spawnSync([selkie, ...words], { stdout: 'ignore', stderr: 'pipe' });
    if (exitCode !== 0) throw new Error(`${this.name}: ${command.join(' ')}: ${stderr.toString()}`);
    return { wall: performance.now() - start, cpu: Number(resourceUsage.cpuTime.total) / 1000 };
  }

  [Symbol.dispose](): void {
    Bun.spawnSync(['umount', '-R', join(this.store[1]!, 'overlay')], { stderr: 'ignore' });
  }
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;

let isWithin = true;
try {
  using small = new Scale('few');
  using large = new Scale('many');
  await small.fill(few);
  await large.fill(many);
  for (const command of commands) {
    const times = Array.from({ length: rounds }, () => ({ small: small.time(command), large: large.time(command) }));
    const of = (size: 'small' | 'large', kind: 'wall' | 'cpu'): number => median(times.map((time) => time[size][kind]));
    const ratio = of('large', 'cpu') / of('small', 'cpu');
    isWithin &&= ratio <= 3;
    const shown = (size: 'small' | 'large') => `${of(size, 'wall').toFixed(0).padStart(5)} (${of(size, 'cpu').toFixed(0)} cpu)`;
    console.log(
      `${command.join(' ').slice(0, 30).padEnd(30)} ${few}: ${shown('small')}   ${many}: ${shown('large')}   ${ratio.toFixed(2)}`,
    );
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
if (!isWithin) throw new Error('more than three times as long');
