import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { loadContainersConf } from '../config/containers-conf.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { SelkieError } from '../errors.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import type { PullOptions } from '../image/pull-options.ts';
import { baseImage } from './base-image.ts';
import { noLimits } from './build-options.ts';
import { runInContainer } from './run.ts';
import { mergeBoms, type SbomMerge } from './sbom-merge.ts';
import { shellWords } from './shell-words.ts';
import { type BuildRoot, WorkingContainer } from './working-container.ts';

/** A scan of what is built, by a program that another image has. */
export interface SbomScan {
  image: string;
  /** Shell commands; `{ROOTFS}`, `{CONTEXT}` and `{OUTPUT}` stand for paths in the scanner's container. */
  commands: readonly string[];
  merge: SbomMerge;
  /** Paths on the machine. */
  output?: string;
  purlOutput?: string;
  /** Paths in the image. */
  imageOutput?: string;
  imagePurlOutput?: string;
  contextDirs: readonly string[];
  pull: PullOptions;
}

/** Scans the root of a working container, and puts the bills of materials where they were asked for. @throws SelkieError */
export async function scanContainer(images: ImageEngine, container: BuildRoot, scan: SbomScan): Promise<void> {
  const base = await baseImage(images, scan.image, scan.pull);
  const scanner = WorkingContainer.create(images.store, { imageId: base.id, imageName: base.names[0] });
  const directory = mkdtempSync(join(process.env['TMPDIR'] || '/var/tmp', 'buildah-sbom'));
  try {
    const results: string[] = [];
    for (const [i, command] of commandsOf(scan).entries()) {
      const name = `scan${i}.json`;
      await runScanner(images, scanner, container, scan, command.replaceAll('{OUTPUT}', `/.scans/${name}`), directory);
      results.push(readResult(join(directory, name), command));
    }
    const { bom, purls } = mergeBoms(results, scan.merge);
    if (scan.output) writeFileSync(scan.output, bom);
    if (scan.purlOutput) writeFileSync(scan.purlOutput, purls);
    using root = new Rootfs(container.root);
    for (const [path, text] of [[scan.imageOutput, bom] as const, [scan.imagePurlOutput, purls] as const]) {
      if (!path) continue;
      root.makeDirectory(posix.dirname(posix.join('/', path)), 0o755, 0, 0);
      root.writeFile(posix.join('/', path), text, 0o644);
    }
  } finally {
    await scanner.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A command that names the context is run for each context. */
function commandsOf({ commands, contextDirs }: SbomScan): string[] {
  return commands.flatMap((command) => {
    const scanned = command.replaceAll('{ROOTFS}', '/.rootfs');
    return scanned.includes('{CONTEXT}') ? contextDirs.map((_, i) => scanned.replaceAll('{CONTEXT}', `/.context${i}`)) : [scanned];
  });
}

async function runScanner(
  images: ImageEngine,
  scanner: WorkingContainer,
  container: BuildRoot,
  { contextDirs }: SbomScan,
  command: string,
  directory: string,
): Promise<void> {
  const bind = (source: string, destination: string, access: 'ro' | 'rw') => ({
    destination,
    type: 'bind',
    source,
    options: ['rbind', access],
  });
  await runInContainer(scanner, {
    conf: loadContainersConf(),
    paths: images.store.options,
    limits: noLimits,
    network: '',
    mounts: [
      bind(container.root, '/.rootfs', 'ro'),
      bind(directory, '/.scans', 'rw'),
      ...contextDirs.map((context, i) => bind(context, `/.context${i}`, 'ro')),
    ],
    // The scanner's image may have no shell.
    args: /[<>|]/.test(command) ? ['/bin/sh', '-c', command] : shellWords(command),
    env: (home) => ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `HOME=${home}`],
    cwd: '/',
    user: '',
    stdio: 'inherit',
  });
}

function readResult(path: string, command: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SelkieError(`scanning by ${JSON.stringify(command)} wrote no result: ${(cause as Error).message}`, { cause });
  }
}
