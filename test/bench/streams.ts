/**
 * bun test/bench/streams.ts [MEGABYTES] [WAY…]: carries a file of that size (default 1024) through every command that has streams, with
 * dist/selkie and, where REAL_PODMAN names one, with podman. Prints seconds and the largest memory of the command; fails when a byte is
 * lost, at more than twice podman's time, or above 120 MB. Needs three times the size in TMPDIR, and root.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const budget = 120;
const megabytes = Number(process.argv[2] ?? 1024);
const wanted = process.argv.slice(3);
const tools = [process.env['SELKIE'] ?? resolve(import.meta.dirname, '../../dist/selkie'), process.env['REAL_PODMAN'] ?? ''].filter(
  Boolean,
);
const directory = mkdtempSync(join(process.env['TMPDIR'] ?? tmpdir(), 'selkie-streams-'));
const file = join(directory, 'lines');
const image = 'localhost/selkie/hello';

/** Lines of 100 random characters, each megabyte another one. */
function makeFile(): void {
  const fd = openSync(file, 'w');
  for (let at = 0; at < megabytes; at++) {
    const random = Buffer.from(crypto.getRandomValues(new Uint8Array(65536))).toString('hex');
    const lines = random.match(/.{1,99}/g)!.join('\n');
    writeSync(fd, `${at}\n${lines.repeat(8).slice(0, (1 << 20) - 8)}\n`);
  }
  closeSync(fd);
}

async function digestOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const hash = new Bun.CryptoHasher('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

interface Way {
  /** Of a container to make before, with the file at /lines. */
  container?: string[];
  args: string[];
  stdin?: string;
}

const mounted = ['--net=none', '-v', `${file}:/lines:ro`];
const still: string[] = ['run', '-d', '--name', 'c', ...mounted, image, 'sleep', '10000'];
const later: string[] = ['run', '-d', '-i', '--name', 'c', ...mounted, image, 'sh', '-c', 'read go; cat /lines'];
const go = join(directory, 'go');
const ways: Record<string, Way> = {
  run: { args: ['run', '--rm', ...mounted, image, 'cat', '/lines'] },
  'run without log': { args: ['run', '--rm', '--log-driver=none', ...mounted, image, 'cat', '/lines'] },
  'run -i': { args: ['run', '--rm', '-i', '--log-driver=none', '--net=none', image, 'cat'], stdin: file },
  exec: { container: still, args: ['exec', 'c', 'cat', '/lines'] },
  'exec -i': { container: still, args: ['exec', '-i', 'c', 'cat'], stdin: file },
  attach: { container: later, args: ['attach', 'c'], stdin: go },
  logs: { container: ['run', '--name', 'c', '-a', 'stdin', ...mounted, image, 'cat', '/lines'], args: ['logs', 'c'] },
};

async function measured(tool: string, store: string[], way: Way): Promise<{ seconds: number; peak: number; digest: string }> {
  if (way.container) Bun.spawnSync([tool, ...store, ...way.container], { stdout: 'ignore', stderr: 'ignore' });
  const start = performance.now();
  const child = Bun.spawn([tool, ...store, ...way.args], {
    stdin: way.stdin ? Bun.file(way.stdin) : 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  // getrusage(2) would count what this process had before the exec.
  let peak = 0;
  const sample = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid));
  }, 100);
  const digest = await digestOf(child.stdout);
  clearInterval(sample);
  await child.exited;
  const seconds = (performance.now() - start) / 1000;
  Bun.spawnSync([tool, ...store, 'rm', '-fa', '-t', '0'], { stdout: 'ignore', stderr: 'ignore' });
  return { seconds, digest, peak };
}

/** Megabytes resident at most; 0 when the process is gone. */
function peakOf(pid: number): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

const failures: string[] = [];
const stores = tools.map((_tool, at) => ['--root', join(directory, `root${at}`), '--runroot', join(directory, `run${at}`)]);
try {
  makeFile();
  writeFileSync(go, 'go\n');
  const sum = await digestOf(Bun.file(file).stream());
  for (const [at, tool] of tools.entries()) {
    Bun.spawnSync([tool, ...stores[at]!, 'load', '-q', '-i', resolve(import.meta.dirname, '../../dist/hello.tar')], { stdout: 'ignore' });
  }
  for (const [name, way] of Object.entries(ways)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const results = [];
    for (const [at, tool] of tools.entries()) results.push(await measured(tool, stores[at]!, way));
    const [ours, theirs] = results;
    const shown = results.map(({ seconds, peak, digest }) => `${seconds.toFixed(1)} s ${peak} MB${digest === sum ? '' : ' LOST'}`);
    console.log(`${name.padEnd(16)} ${shown.join('   ')}`);
    if (ours!.digest !== sum) failures.push(`${name}: bytes were lost`);
    if (ours!.peak > budget) failures.push(`${name}: more than ${budget} MB`);
    if (theirs && ours!.seconds > 2 * theirs.seconds) failures.push(`${name}: more than twice podman's time`);
  }
} finally {
  for (const store of stores) Bun.spawnSync(['umount', '-R', join(store[1]!, 'overlay')], { stderr: 'ignore' });
  rmSync(directory, { recursive: true, force: true });
}
if (failures.length > 0) throw new Error(failures.join('\n'));
