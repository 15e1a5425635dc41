import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SelkieError } from '../../errors.ts';
import { type HttpRequest, type HttpResponse, send } from '../../registry/http.ts';
import type { Digest } from '../digest.ts';
import { ManifestNotFound } from '../errors.ts';
import type { BlobInfo, ImageDestination, ImageSource, RawManifest, ReadableBlob, TransportOptions } from '../transport.ts';
import { openDockerArchiveSource } from './docker-archive.ts';
import { DockerArchiveDestination } from './docker-archive-destination.ts';
import { DockerArchiveReference } from './docker-archive-reference.ts';
import type { DaemonReference } from './docker-daemon-reference.ts';

/** Saving or loading an image may take the daemon a while. */
const patience = 30 * 60_000;

/** Has the daemon save the image, and reads what it saved. @throws ManifestNotFound */
export async function openDaemonSource(reference: DaemonReference, options: TransportOptions): Promise<ImageSource> {
  const directory = temporaryDirectory(options);
  try {
    const path = join(directory, 'image.tar');
    const response = await request(options, `/images/get?names=${encodeURIComponent(reference.name)}`, {
      timeout: patience,
      signal: options.signal,
    });
    if (response.status !== 200) throw new ManifestNotFound(`loading image from docker engine: ${await reason(response)}`);
    await pipeline(response.stream(), createWriteStream(path));
    return new DaemonSource(reference, await openDockerArchiveSource(new DockerArchiveReference(path, undefined, 0), options), directory);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

class DaemonSource implements ImageSource {
  readonly parallel = true;

  constructor(
    readonly reference: DaemonReference,
    private readonly saved: ImageSource,
    private readonly directory: string,
  ) {}

  manifest(instance?: Digest): Promise<RawManifest> {
    return this.saved.manifest(instance);
  }

  blob(info: BlobInfo): Promise<ReadableBlob> {
    return this.saved.blob(info);
  }

  async signatures(): Promise<Uint8Array[]> {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.saved[Symbol.asyncDispose]();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Writes an archive beside, which the daemon loads when the image is committed. */
export function openDaemonDestination(reference: DaemonReference, options: TransportOptions): ImageDestination {
  if (!reference.dockerReference)
    throw new SelkieError(`Invalid destination docker-daemon:${reference.name}: a destination must be a name:tag`);
  const directory = temporaryDirectory(options);
  const path = join(directory, 'image.tar');
  const archive = DockerArchiveDestination.open(new DockerArchiveReference(path, reference.dockerReference), options);
  return {
    reference,
    manifestTypes: archive.manifestTypes,
    layerCompression: archive.layerCompression,
    acceptsForeignLayers: archive.acceptsForeignLayers,
    parallel: archive.parallel,
    signaturesUnsupported: 'Storing signatures for docker-daemon: destinations is not supported',
    reuseBlob: (info, reuse) => archive.reuseBlob(info, reuse),
    putBlob: (blob, info, put) => archive.putBlob(blob, info, put),
    putManifest: (manifest) => archive.putManifest(manifest),
    putSignatures: async () => undefined,
    async commit() {
      await archive.commit();
      await load(path, options);
    },
    async [Symbol.asyncDispose]() {
      await archive[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The daemon answers with a line of JSON for each step; one with `error` is the end. */
async function load(path: string, options: TransportOptions): Promise<void> {
  const headers = { 'Content-Type': 'application/x-tar' };
  const response = await request(options, '/images/load?quiet=1', {
    method: 'POST',
    headers,
    body: Bun.file(path),
    timeout: patience,
    signal: options.signal,
  });
  if (response.status !== 200) throw new SelkieError(`loading image to docker engine: ${await reason(response)}`);
  for (const line of (await response.text()).split('\n')) {
    const error = line.includes('"error"') ? (JSON.parse(line) as { error?: string }).error : undefined;
    if (error) throw new SelkieError(`loading image to docker engine: ${error}`);
  }
}

function request({ daemonHost }: TransportOptions, path: string, options: HttpRequest): Promise<HttpResponse> {
  const host = daemonHost ?? process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  if (host.startsWith('unix://')) return send(`http://localhost${path}`, { ...options, socket: host.slice('unix://'.length) });
  const url = host.replace(/^tcp:/, 'http:');
  if (!/^https?:\/\//.test(url)) throw new SelkieError(`unable to parse docker host ${JSON.stringify(host)}`);
  return send(url.replace(/\/+$/, '') + path, options);
}

async function reason(response: HttpResponse): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    return `Error response from daemon: ${(JSON.parse(text) as { message: string }).message}`;
  } catch {
    return `status ${response.status}`;
  }
}

function temporaryDirectory(options: TransportOptions): string {
  return mkdtempSync(join(options.temporaryDirectory ?? process.env['TMPDIR'] ?? '/var/tmp', 'selkie-daemon-'));
}
