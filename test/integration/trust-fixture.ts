import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestHex, digestOf } from '../../src/image/digest.ts';
import { build } from '../../src/image/manifest-convert.ts';
import { ociConfig, ociLayer, ociManifest } from '../../src/image/media-types.ts';
import { parsePolicy } from '../../src/image/policy.ts';

/** A key ring, images in directories and a registry, which all go with it. */
export class TrustScene implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'selkie-trust-'));
  readonly registriesDir = join(this.directory, 'registries.d');
  readonly #ring = join(this.directory, 'ring');
  #registry?: ChildProcess;

  constructor() {
    for (const path of [this.registriesDir, this.#ring]) mkdirSync(path, { mode: 0o700 });
    process.env['GNUPGHOME'] = this.#ring;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  gpg(...args: string[]): Buffer {
    return spawnSync('gpg', ['--batch', '--pinentry-mode', 'loopback', ...args]).stdout;
  }

  /** Makes a key and answers the file with its public part. */
  gpgKey(address: string, passphrase = ''): string {
    this.gpg('--passphrase', passphrase, '--quick-generate-key', address, 'rsa2048', 'default', 'never');
    return this.write(`${address}.asc`, this.gpg('--armor', '--export', address));
  }

  /** The agent would remember them between two uses of a key. */
  forgetPassphrases(): void {
    spawnSync('gpgconf', ['--homedir', this.#ring, '--kill', 'gpg-agent']);
  }

  /** An image in a directory, of layers with these contents. @returns its manifest, and where it is */
  image(name: string, ...contents: string[]): { place: string; manifest: Uint8Array } {
    const layers = contents.map((text) => tarOf(text));
    const config = Buffer.from(
      JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: layers.map((each) => digestOf(each)) } }),
    );
    const descriptor = (mediaType: string, bytes: Uint8Array) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });
    const { bytes } = build(
      ociManifest,
      descriptor(ociConfig, config),
      layers.map((each) => descriptor(ociLayer, each)),
    );
    mkdirSync(this.path(name));
    for (const blob of [config, ...layers]) this.write(join(name, digestHex(digestOf(blob))), blob);
    this.write(join(name, 'manifest.json'), bytes);
    this.write(join(name, 'version'), 'Directory Transport Version: 1.1\n');
    return { place: `dir:${this.path(name)}`, manifest: bytes };
  }

  /** Starts a registry whose signatures are kept in files beside it and attached. @returns its host */
  async registry(): Promise<string> {
    const host = `127.0.0.1:${await freePort()}`;
    const storage = `storage: {filesystem: {rootdirectory: ${this.path('registry')}}, delete: {enabled: true}}`;
    const config = this.write('registry.yml', `version: 0.1\n${storage}\nhttp: {addr: "${host}"}\nlog: {level: error}\n`);
    this.write(
      'registries.d/a.yaml',
      `docker:\n  "${host}":\n    lookaside: file://${this.path('lookaside')}\n    use-sigstore-attachments: true\n`,
    );
    this.#registry = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries++) {
      if (await fetch(`http://${host}/v2/`).catch(() => undefined)) return host;
      await Bun.sleep(50);
    }
    throw new Error('docker-registry did not start');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#registry?.kill();
    spawnSync('gpgconf', ['--homedir', this.#ring, '--kill', 'all']);
    delete process.env['GNUPGHOME'];
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A policy in which all images have to fulfil these. */
export const policyOf = (...requirements: object[]) => parsePolicy(JSON.stringify({ default: requirements }), 'policy.json');

/** A tar of one file. */
function tarOf(text: string): Uint8Array {
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write('file');
  header.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(text.length, 12) + octal(0, 12), 100);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  );
  const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  content.write(text);
  return Buffer.concat([header, content, Buffer.alloc(1024)]);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
