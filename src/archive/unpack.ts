import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { selfCommand } from '../os/self.ts';
import { UnpackFailed } from './errors.ts';
import type { HelperInput } from './unpack-input.ts';

export interface IdMap {
  containerId: number;
  hostId: number;
  size: number;
}

/** A file that is still being written, and how far it has come each time; it is complete when the lengths end. */
export interface GrowingFile {
  fd: number;
  lengths: AsyncIterable<number>;
}

/** A file is read by the helper itself; `length` defaults to all that follows `offset`. */
export type UnpackSource = AsyncIterable<Uint8Array> | { path: string; offset?: number; length?: number } | { fd: number } | GrowingFile;

export interface UnpackRequest {
  source: UnpackSource;
  /** Existing directory; it becomes the helper's root. */
  target: string;
  /** File to write, gzip of JSON lines; must not exist. undefined: none is kept. */
  tarSplitPath: string | undefined;
  /** Deletions as overlay keeps them, or carried out; `none` for an archive that is no layer: there `.wh.` is a name like others. */
  whiteouts: 'overlay' | 'apply' | 'none';
  /** Owner of all that is unpacked, in place of the archive's. */
  owner?: { uid: number; gid: number };
  /** Refuse to put a directory in the place of another kind of file, or the other way round. */
  keepsKinds?: boolean;
  xattrPrefix: 'trusted.overlay.' | 'user.overlay.';
  idMappings?: { uids: IdMap[]; gids: IdMap[] };
  ignoreChownErrors?: boolean;
  forceMask?: number;
  signal?: AbortSignal;
  /** Bytes of the source that were passed on since the last call. */
  onProgress?: (bytes: number) => void;
  /** Bytes of the source that are unpacked. */
  onUnpacked?: (bytes: number) => void;
}

export interface UnpackResult {
  diffId: string;
  diffSize: number;
  compressedDigest: string;
  compressedSize: number;
  /** 0 none, 1 bzip2, 2 gzip, 3 xz, 4 zstd */
  compression: 0 | 1 | 2 | 3 | 4;
  uids: number[];
  gids: number[];
}

/** What the helper is told, as JSON in its arguments. */
export interface HelperOptions
  extends Pick<
    UnpackRequest,
    'target' | 'whiteouts' | 'xattrPrefix' | 'idMappings' | 'ignoreChownErrors' | 'forceMask' | 'owner' | 'keepsKinds'
  > {
  /** Whether descriptor 3 takes the tar-split. */
  keepsTarSplit: boolean;
  input: HelperInput;
  /** Whether progress is wanted. */
  reports: boolean;
}

/**
 * Unpacks a layer in a process of its own that has the target for its root, and answers all that is to be known of the layer, found in
 * the same pass. On failure the target holds an unfinished tree.
 * @throws UnpackFailed
 */
export async function unpackLayer(request: UnpackRequest): Promise<UnpackResult> {
  const { source, signal } = request;
  signal?.throwIfAborted();
  const { input, stdin, file, opened } = openSource(source);
  const keepsTarSplit = request.tarSplitPath !== undefined;
  const tarSplit = openSync(request.tarSplitPath ?? '/dev/null', keepsTarSplit ? 'wx' : 'w', 0o600);
  const { target, whiteouts, xattrPrefix, idMappings, ignoreChownErrors, forceMask, owner, keepsKinds } = request;
  const options: HelperOptions = {
    target,
    whiteouts,
    xattrPrefix,
    idMappings,
    ignoreChownErrors,
    forceMask,
    owner,
    keepsKinds,
    keepsTarSplit,
    input,
    reports: request.onUnpacked !== undefined,
  };
  const [program, ...words] = selfCommand();
  const child = spawn(program!, [...words, '__unpack', JSON.stringify(options)], {
    stdio: [stdin, 'pipe', 'pipe', tarSplit, ...(file === undefined ? [] : [file])],
  });
  closeSync(tarSplit);
  if (opened !== undefined) closeSync(opened);
  const abort = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', abort);
  const exit = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  try {
    const output = resultOf(child.stdout!, request.onUnpacked);
    const errors = collect(child.stderr!);
    // A helper that gives up ends while its source may still be waiting for bytes: then nobody waits for them.
    if (stdin === 'pipe') await Promise.race([feed(piecesOf(source), child.stdin!, request.onProgress), exit]);
    const [code, killed] = await exit;
    signal?.throwIfAborted();
    if (code !== 0) throw new UnpackFailed((await errors).trim(), killed === null ? `exit status ${code}` : `signal: ${killed}`);
    return JSON.parse(await output) as UnpackResult;
  } finally {
    signal?.removeEventListener('abort', abort);
    if (child.exitCode === null && child.signalCode === null) {
      abort();
      // Whoever removes the unfinished tree is not to meet one that still grows.
      await exit.catch(() => {});
    }
  }
}

interface OpenSource {
  input: HelperInput;
  /** What the helper gets as standard input, and as descriptor 4. */
  stdin: 'pipe' | 'ignore' | number;
  file?: number;
  /** A descriptor to close when the helper has it. */
  opened?: number;
}

function openSource(source: UnpackSource): OpenSource {
  // A stream of node has a path and a descriptor, too: what can be iterated is iterated.
  if (Symbol.asyncIterator in source) return { input: { kind: 'stream' }, stdin: 'pipe' };
  if ('lengths' in source) return { input: { kind: 'growing' }, stdin: 'pipe', file: source.fd };
  if ('fd' in source) return { input: { kind: 'stream' }, stdin: source.fd };
  const opened = openSync(source.path, 'r');
  const { size } = fstatSync(opened);
  const offset = source.offset ?? 0;
  const length = source.length ?? Math.max(size - offset, 0);
  // What is no regular file has no size and no places to read at.
  if (size === 0) return { input: { kind: 'stream' }, stdin: opened, opened };
  return { input: { kind: 'file', offset, length }, stdin: 'ignore', file: opened, opened };
}

/** What goes through the pipe: the source itself, or how far the file has grown. */
async function* piecesOf(source: UnpackSource): AsyncGenerator<Uint8Array> {
  if (Symbol.asyncIterator in source) yield* source;
  else if ('lengths' in source) for await (const length of source.lengths) yield new Uint8Array(Float64Array.of(length).buffer);
}

/** Passes a source on, piece by piece: it may use the memory of one again for the next. Ends early when the other side is gone. */
async function feed(source: AsyncIterable<Uint8Array>, pipe: Writable, onProgress: ((bytes: number) => void) | undefined): Promise<void> {
  pipe.on('error', () => {});
  for await (const chunk of source) {
    const failure = await new Promise<unknown>((resolve) => pipe.write(chunk, resolve));
    // What the helper says at its end is the reason.
    if (failure || pipe.destroyed) return;
    onProgress?.(chunk.length);
  }
  pipe.end();
}

/** Reads what the helper prints: its progress, and at the end the result. */
async function resultOf(stream: AsyncIterable<Uint8Array>, onUnpacked: ((bytes: number) => void) | undefined): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    const lines = (text + Buffer.from(chunk).toString()).split('\n');
    text = lines.pop()!;
    const last = lines.pop();
    if (last !== undefined) onUnpacked?.(Number(last));
  }
  return text;
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
