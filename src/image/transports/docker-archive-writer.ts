import { closeSync, existsSync, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { sha256Hex } from '../../archive/sha256.ts';
import { EntryType, type TarEntry } from '../../archive/tar-entry.ts';
import { paddingOf } from '../../archive/tar-header.ts';
import { encodeTarEntry, tarEnd } from '../../archive/tar-writer.ts';
import { SelkieError } from '../../errors.ts';
import { systemText } from '../../os/system-text.ts';
import { type Digest, digestHex } from '../digest.ts';
import { goJson, sortKeys } from '../go-json.ts';
import { formatReference, type Reference, repositoryName } from '../reference.ts';

export const standardOutput = '/dev/stdout';

interface WrittenImage {
  Config: string;
  RepoTags: string[];
  Layers: string[];
}

/** Writes an archive from front to back, so that it may be a pipe; its tables come last. Format: storage.md 6.6. */
export class DockerArchiveWriter implements Disposable {
  private readonly fd: number;
  private readonly written = new Set<string>();
  private readonly images: WrittenImage[] = [];
  private readonly repositories: Record<string, Record<string, string>> = {};
  private isOpen = true;

  /** @param path `/dev/stdout` is this process's own, whatever it is: a socket could not be opened by that name */
  constructor(readonly path: string) {
    if (path === standardOutput) {
      this.fd = 1;
      return;
    }
    if (existsSync(path) && statSync(path).isFile() && statSync(path).size > 0) {
      throw new SelkieError("docker-archive doesn't support modifying existing images");
    }
    this.fd = openOutput(path);
  }

  /** What is on the way when something fails is no archive: a regular file is emptied again. */
  get isRegular(): boolean {
    return fstatSync(this.fd).isFile();
  }

  hasLayer(digest: Digest): boolean {
    return this.written.has(layerName(digest));
  }

  /** @param size bytes that the stream will give, no more and no less */
  async layer(digest: Digest, size: number, stream: AsyncIterable<Uint8Array>): Promise<void> {
    const name = layerName(digest);
    if (this.written.has(name)) return;
    this.written.add(name);
    this.write(encodeTarEntry(fileEntry(name, size)));
    let left = size;
    for await (const chunk of stream) {
      left -= chunk.length;
      if (left < 0) break;
      this.write(chunk);
    }
    if (left !== 0) throw new SelkieError(`layer ${digest} has not the ${size} bytes that it was said to have`);
    this.write(Buffer.alloc(paddingOf(size)));
  }

  config(digest: Digest, bytes: Uint8Array): void {
    this.file(`${digestHex(digest)}.json`, bytes);
  }

  /** Enters an image whose layers and config are written. */
  image(config: { digest: Digest; json: Record<string, unknown> }, layers: readonly Digest[], names: readonly Reference[]): void {
    const top = this.legacyLayers(layers, config.json);
    const repoTags = names.map(formatReference);
    const Config = `${digestHex(config.digest)}.json`;
    const known = this.images.find((image) => image.Config === Config);
    if (known) known.RepoTags = [...new Set([...known.RepoTags, ...repoTags])];
    else this.images.push({ Config, RepoTags: repoTags, Layers: layers.map(layerName) });
    for (const name of names) {
      if (top === undefined || name.tag === undefined) continue;
      const repository = repositoryName(name);
      this.repositories[repository] = { ...this.repositories[repository], [name.tag]: top };
    }
  }

  finish(): void {
    this.file('manifest.json', Buffer.from(goJson(this.images)));
    const repositories = Object.fromEntries(Object.entries(this.repositories).map(([name, tags]) => [name, sortKeys(tags)]));
    this.file('repositories', Buffer.from(goJson(sortKeys(repositories))));
    this.write(tarEnd());
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.isOpen && this.path !== standardOutput) closeSync(this.fd);
    this.isOpen = false;
  }

  /** The directories that readers of old look for. @returns the id of the top layer's */
  private legacyLayers(layers: readonly Digest[], config: Record<string, unknown>): string | undefined {
    let chain: string | undefined;
    let parent: string | undefined;
    for (const [i, digest] of layers.entries()) {
      chain = chain === undefined ? digest : `sha256:${sha256Hex(`${chain} ${digest}`)}`;
      const facts: Record<string, unknown> = parent === undefined ? {} : { parent };
      if (i === layers.length - 1) for (const key of copiedKeys) facts[key] = config[key] ?? null;
      const id = sha256Hex(goJson(sortKeys({ ...facts, layer_id: chain })));
      if (!this.written.has(`${id}/json`)) {
        this.write(
          encodeTarEntry({ ...fileEntry(`${id}/layer.tar`, 0), type: EntryType.symbolicLink, linkName: `../${layerName(digest)}` }),
        );
        this.file(`${id}/VERSION`, Buffer.from('1.0'));
        this.file(`${id}/json`, Buffer.from(goJson(sortKeys({ ...facts, id }))));
      }
      parent = id;
    }
    return parent;
  }

  private file(name: string, bytes: Uint8Array): void {
    if (this.written.has(name)) return;
    this.written.add(name);
    this.write(encodeTarEntry(fileEntry(name, bytes.length)));
    this.write(bytes);
    this.write(Buffer.alloc(paddingOf(bytes.length)));
  }

  private write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(this.fd, bytes, at);
      } catch (error) {
        // a pipe that somebody else made non-blocking is full
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      }
    }
  }
}

const copiedKeys = ['architecture', 'config', 'container', 'container_config', 'created', 'docker_version', 'os'];
const layerName = (digest: Digest): string => `${digestHex(digest)}.tar`;
function fileEntry(name: string, size: number): TarEntry {
  return {
    name,
    linkName: '',
    type: EntryType.file,
    size,
    mode: 0o444,
    uid: 0,
    gid: 0,
    userName: '',
    groupName: '',
    mtime: { seconds: 0, nanoseconds: 0 },
    deviceMajor: 0,
    deviceMinor: 0,
  };
}

function openOutput(path: string): number {
  try {
    return openSync(path, 'w', 0o644);
  } catch (cause) {
    throw new SelkieError(`opening file ${JSON.stringify(path)}: ${systemText(cause as Error)}`, { cause });
  }
}
