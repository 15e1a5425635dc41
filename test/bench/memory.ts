/**
 * bun test/bench/memory.ts [MEGABYTES]: moves an image with one layer of that size (default 2048) through every command that moves
 * images, with dist/selkie and a docker-registry of its own, and prints the memory that the largest process of each took. Needs five
 * times the size in TMPDIR. Fails above the budget of 120 MB.
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EntryType } from '../../src/archive/tar-entry.ts';
import { encodeTarEntry, tarEnd } from '../../src/archive/tar-writer.ts';

const budget = 120;
const megabytes = Number(process.argv[2] ?? 2048);
const selkie = process.env['SELKIE'] ?? resolve(import.meta.dirname, '../../dist/selkie');
const directory = mkdtempSync(join(process.env['TMPDIR'] ?? tmpdir(), 'selkie-memory-'));
const store = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')];
const port = 5000 + (process.pid % 1000);
const image = `localhost:${port}/big:1`;

/** Files of a megabyte, every other one of bytes that do not compress. */
function makeTar(path: string): void {
  const fd = openSync(path, 'w');
  const content = new Uint8Array(1 << 20);
  for (let file = 0; file < megabytes; file++) {
    for (let at = 0; at < content.length; at += 65536) {
      if (file % 2 === 0) crypto.getRandomValues(content.subarray(at, at + 65536));
      else content.fill(file & 0xff, at, at + 65536);
    }
    const mtime = { seconds: 1_600_000_000, nanoseconds: 0 };
    const owner = { uid: 0, gid: 0, userName: '', groupName: '', deviceMajor: 0, deviceMinor: 0 };
    writeSync(
      fd,
      encodeTarEntry({ name: `f${file}`, linkName: '', type: EntryType.file, size: content.length, mode: 0o644, mtime, ...owner }),
    );
    writeSync(fd, content);
  }
  writeSync(fd, tarEnd());
  closeSync(fd);
}

let isWithin = true;

async function measured(what: string, ...args: string[]): Promise<void> {
  const start = performance.now();
  const child = Bun.spawn([selkie, ...args], { stdout: 'ignore', stderr: 'inherit' });
  if ((await child.exited) !== 0) throw new Error(`${what} failed`);
  const peak = Math.round(child.resourceUsage()!.maxRSS / 1048576);
  isWithin &&= peak <= budget;
  console.log(`${what.padEnd(14)} ${String(peak).padStart(4)} MB  ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

const plainHttp = '--tls-verify=false';
mkdirSync(join(directory, 'registry'));
const conf = join(directory, 'registry.yml');
writeFileSync(
  conf,
  `version: 0.1\nstorage: {filesystem: {rootdirectory: ${join(directory, 'registry')}}}\nhttp: {addr: "127.0.0.1:${port}"}\nlog: {level: error}\n`,
);
const registry = Bun.spawn(['docker-registry', 'serve', conf], { stdout: 'ignore', stderr: 'ignore' });
try {
  const tar = join(directory, 'layer.tar');
  makeTar(tar);
  await measured('import', ...store, 'import', '-q', tar, image);
  rmSync(tar);
  await measured('push', ...store, 'push', '-q', plainHttp, image);
  await measured('save', ...store, 'save', '-q', '-o', join(directory, 'image.tar'), image);
  await measured('rmi', ...store, 'rmi', image);
  await measured('load', ...store, 'load', '-q', '-i', join(directory, 'image.tar'));
  rmSync(join(directory, 'image.tar'));
  await measured('rmi', ...store, 'rmi', image);
  await measured('pull', ...store, 'pull', '-q', plainHttp, image);
  await measured('push to oci:', ...store, 'push', '-q', image, `oci:${join(directory, 'pushed')}:1`);
  rmSync(join(directory, 'pushed'), { recursive: true });
  await measured(
    'skopeo copy',
    'skopeo',
    'copy',
    '-q',
    '--src-tls-verify=false',
    `docker://${image}`,
    `oci:${join(directory, 'copied')}:1`,
  );
} finally {
  registry.kill();
  Bun.spawnSync(['umount', join(directory, 'root/overlay')], { stderr: 'ignore' });
  rmSync(directory, { recursive: true, force: true });
}
if (!isWithin) throw new Error(`more than ${budget} MB`);
