import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonStandIn } from './docker-daemon-stand-in.ts';

export const transports = ['docker', 'oci', 'dir', 'docker-archive', 'oci-archive', 'docker-daemon', 'containers-storage'] as const;
export type Transport = (typeof transports)[number];

/**
 * How what a tool made compares with what the real skopeo makes of the same: the very manifest; the same image whose layers were
 * compressed by another implementation; or what was wrong.
 */
export type Verdict = 'same' | 'recompressed' | (string & {});

interface Skopeo {
  readonly program: string;
  readonly name: string;
}

/** Places of every transport, an image in each that the real skopeo put there, and copies from each to each by two tools. */
export class TransportMatrix implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'selkie-matrix-'));
  #registry: ChildProcess | undefined;
  #registryPort = 0;
  #daemon: DaemonStandIn | undefined;

  constructor(
    readonly ours: string,
    readonly theirs: string,
  ) {}

  async start(): Promise<void> {
    this.#registryPort = await freePort();
    const config = join(this.directory, 'registry.yml');
    const storage = `{filesystem: {rootdirectory: ${this.directory}/registry}}`;
    writeFileSync(config, `version: 0.1\nlog: {level: error}\nstorage: ${storage}\nhttp: {addr: "127.0.0.1:${this.#registryPort}"}\n`);
    this.#registry = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
    for (let tries = 0; !(await answers(`http://127.0.0.1:${this.#registryPort}/v2/`)); tries++)
      if (tries > 100) throw new Error('docker-registry did not start');
    this.#daemon = await DaemonStandIn.start(this.directory);
    for (const transport of transports) await this.#copy(this.#real(), this.#layout(), this.#place(transport, 'seed'));
  }

  /** One cell. */
  async compare(from: Transport, to: Transport): Promise<Verdict> {
    const source = this.#place(from, 'seed');
    const [ours, theirs] = [this.#place(to, `ours-${from}`), this.#place(to, `theirs-${from}`)];
    try {
      await this.#copy({ program: this.ours, name: 'selkie' }, source, ours);
      await this.#copy(this.#real(), source, theirs);
      const [mine, other] = [await this.#read(ours), await this.#read(theirs)];
      if (mine.config !== other.config) return 'another config';
      if (mine.manifest === other.manifest) return 'same';
      return shape(mine.manifest) === shape(other.manifest) ? 'recompressed' : `${shape(mine.manifest)} is not ${shape(other.manifest)}`;
    } catch (error) {
      return (error as Error).message.trim().split('\n').at(-1)!;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#registry?.kill();
    await this.#daemon?.[Symbol.asyncDispose]();
    for (const store of ['seed', ...transports.flatMap((from) => [`ours-${from}`, `theirs-${from}`])])
      await run('umount', ['-R', join(this.directory, `store-${store}/overlay`)]).catch(() => undefined);
    rmSync(this.directory, { recursive: true, force: true });
  }

  #real(): Skopeo {
    return { program: this.theirs, name: 'skopeo' };
  }

  #place(transport: Transport, name: string): string {
    const path = join(this.directory, `${transport}-${name}`);
    const image = `localhost/matrix-${name}:latest`;
    const places: Record<Transport, string> = {
      docker: `docker://127.0.0.1:${this.#registryPort}/${name}:latest`,
      oci: `oci:${path}:latest`,
      dir: `dir:${path}`,
      'docker-archive': `docker-archive:${path}.tar:${image}`,
      'oci-archive': `oci-archive:${path}.tar:latest`,
      'docker-daemon': `docker-daemon:${image}`,
      'containers-storage': `containers-storage:[overlay@${this.directory}/store-${name}+${this.directory}/run-${name}]${image}`,
    };
    return places[transport];
  }

  #copy({ program, name }: Skopeo, from: string, to: string): Promise<string> {
    const sides = ['src', 'dest'].flatMap((side) => [`--${side}-tls-verify=false`, `--${side}-daemon-host=${this.#daemon!.host}`]);
    return run(this.#called(program, name), ['--insecure-policy', 'copy', '-q', ...sides, from, to]);
  }

  /** What the real skopeo reads at a place. */
  async #read(place: string): Promise<{ manifest: string; config: string }> {
    const inspect = (...flags: string[]) =>
      run(this.theirs, ['inspect', '--tls-verify=false', `--daemon-host=${this.#daemon!.host}`, '--raw', ...flags, place]);
    return { manifest: await inspect(), config: await inspect('--config') };
  }

  #called(program: string, name: string): string {
    if (name === 'skopeo') return program;
    const link = join(this.directory, 'skopeo');
    execFileSync('ln', ['-sfn', program, link]);
    return link;
  }

  /** An OCI layout of two layers, made without either tool. */
  #layout(): string {
    const path = join(this.directory, 'layout');
    const blobs = join(path, 'blobs/sha256');
    mkdirSync(blobs, { recursive: true });
    const put = (bytes: Uint8Array): { digest: string; size: number } => {
      const hex = new Bun.CryptoHasher('sha256').update(bytes).digest('hex');
      writeFileSync(join(blobs, hex), bytes);
      return { digest: `sha256:${hex}`, size: bytes.length };
    };
    const tars = ['one', 'two'].map((name) => tarOf(this.directory, name));
    const layers = tars.map((tar) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...put(Bun.gzipSync(tar)) }));
    const created = '2024-01-01T00:00:00Z';
    const config = {
      created,
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['/one'], Labels: { from: 'matrix' } },
      rootfs: { type: 'layers', diff_ids: tars.map((tar) => `sha256:${new Bun.CryptoHasher('sha256').update(tar).digest('hex')}`) },
      history: tars.map(() => ({ created, created_by: 'matrix' })),
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...put(Buffer.from(JSON.stringify(config))) },
      layers,
    };
    const entry = { mediaType: manifest.mediaType, ...put(Buffer.from(JSON.stringify(manifest))) };
    writeFileSync(join(path, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
    writeFileSync(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    return `oci:${path}`;
  }
}

/** The table as lines of text. @param cells by source, then destination */
export function matrixText(cells: Record<Transport, Record<Transport, Verdict>>): string {
  const head = ['from \\ to', ...transports];
  const rows = transports.map((from) => [from, ...transports.map((to) => cells[from][to])]);
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell) => cell.padEnd(19))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

function tarOf(directory: string, name: string): Uint8Array<ArrayBuffer> {
  mkdirSync(join(directory, 'tree'), { recursive: true });
  writeFileSync(join(directory, 'tree', name), `the file ${name}\n`.repeat(1000));
  const tar = execFileSync('tar', [
    '--numeric-owner',
    '--owner=0',
    '--group=0',
    '--mtime=@1600000000',
    '-C',
    join(directory, 'tree'),
    '-c',
    name,
  ]);
  return Uint8Array.from(tar);
}

/** A manifest without what a compressor decides: how many bytes there are, and which. */
function shape(manifest: string): string {
  const { mediaType, config, layers } = JSON.parse(manifest);
  return JSON.stringify([mediaType, config.mediaType, config.digest, layers.map((layer: { mediaType: string }) => layer.mediaType)]);
}

function run(program: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      error ? reject(new Error(stderr || error.message)) : resolve(stdout),
    );
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return false;
  }
}
