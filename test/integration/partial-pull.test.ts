import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chunkedParts, positionAnnotations, skippableFrame, skippableHeader, type Toc } from '../../src/archive/zstd-chunked/format.ts';
import { zstdChunked } from '../../src/archive/zstd-chunked/writer.ts';
import { digestOf } from '../../src/image/digest.ts';
import { build } from '../../src/image/manifest-convert.ts';
import { ociConfig, ociLayerZstd, ociManifest } from '../../src/image/media-types.ts';
import { type EntryFields, tar } from '../fixtures/tar-builder.ts';
import { type Outcome, Scene } from './image-fixture.ts';

const blobs = new Map<string, Uint8Array>();
const manifests = new Map<string, Uint8Array>();
let seen: { digest: string; range?: string }[] = [];
/** What the registry does with a range that is asked for: with several, one after the other. */
let knowsRanges: boolean | 'one' = true;
let server: Server;
let host: string;
let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  seen = [];
  knowsRanges = true;
  server = createServer(({ url = '', headers }, response) => {
    const last = url.split('/').at(-1)!;
    const bytes = url.includes('/manifests/') ? manifests.get(last) : blobs.get(last);
    if (url === '/v2/') return void response.end('{}');
    if (!bytes) return void response.writeHead(404).end('{}');
    if (url.includes('/manifests/')) return void response.writeHead(200, { 'Content-Type': ociManifest }).end(bytes);
    seen.push({ digest: last, ...(headers.range ? { range: headers.range } : {}) });
    const several = /^bytes=(\d+-\d+(?:,\d+-\d+)+)$/.exec(headers.range ?? '')?.[1];
    if (several && knowsRanges === true) {
      const parts = several.split(',').map((range) => {
        const [first, last] = range.split('-').map(Number) as [number, number];
        return Buffer.concat([
          Buffer.from(`\r\n--b0undary\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${range}/${bytes.length}\r\n\r\n`),
          bytes.subarray(first, last + 1),
        ]);
      });
      response.writeHead(206, { 'Content-Type': 'multipart/byteranges; boundary=b0undary' });
      return void response.end(Buffer.concat([...parts, Buffer.from('\r\n--b0undary--\r\n')]));
    }
    const [, from, to] = (knowsRanges && /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '')) || [];
    if (!from) return void response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
    const part = bytes.subarray(Number(from), Number(to) + 1);
    response.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/${bytes.length}`, 'Content-Length': part.length }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  scene[Symbol.dispose]();
});

interface MadeLayer {
  blob: Buffer;
  annotations: Record<string, string>;
  diffId: string;
}

async function layerOf(...entries: EntryFields[]): Promise<MadeLayer> {
  const bytes = tar(...entries);
  let annotations: Record<string, string> = {};
  async function* source(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of zstdChunked(source(), undefined, (found) => (annotations = found))) chunks.push(chunk);
  return { blob: Buffer.concat(chunks), annotations, diffId: digestOf(bytes) };
}

/** Puts an image of one layer into the registry and answers its name. */
function publish(tag: string, { blob, annotations, diffId }: MadeLayer): string {
  const config = Buffer.from(
    JSON.stringify({ os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids: [diffId] } }),
  );
  for (const each of [blob, config]) blobs.set(digestOf(each), each);
  const layer = { mediaType: ociLayerZstd, digest: digestOf(blob), size: blob.length, annotations };
  manifests.set(tag, build(ociManifest, { mediaType: ociConfig, digest: digestOf(config), size: config.length }, [layer]).bytes);
  return `${host}/a/b:${tag}`;
}

async function pull(name: string, isPartial = true): Promise<Outcome> {
  const conf = join(scene.directory, 'storage.conf');
  writeFileSync(conf, `[storage]\ndriver = "overlay"\n[storage.options]\npull_options = { enable_partial_images = "${isPartial}" }\n`);
  const [command, ...args] = scene.command('podman', ['pull', '-q', '--retry', '0', '--tls-verify=false', name]);
  const child = spawn(command!, args, { env: { ...process.env, CONTAINERS_STORAGE_CONF: conf } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const [code] = await once(child, 'close');
  return { code: code as number, out, err };
}

type StoredLayer = Record<string, unknown> & { id: string };
const layers = (): StoredLayer[] => {
  const path = join(scene.root, 'overlay-layers/layers.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StoredLayer[]) : [];
};
const fileOf = (layer: StoredLayer | undefined, name: string): Buffer => readFileSync(join(scene.root, 'overlay', layer!.id, 'diff', name));
const bytesAsked = (digest: string): number =>
  seen
    .filter((each) => each.digest === digest)
    .flatMap(({ range }) => [...(range ?? '').matchAll(/(\d+)-(\d+)/g)])
    .reduce((sum, [, from, to]) => sum + Number(to) + 1 - Number(from), 0);

const big = Buffer.from(Array.from({ length: 400_000 }, (_, index) => (Math.imul(index ^ (index >>> 7), 2654435761) >>> 24) | 1));

it('fetches what is new, and takes files that other layers have', async () => {
  const first = await layerOf({ name: 'usr/' }, { name: 'usr/big', content: big }, { name: 'usr/holes', content: Buffer.alloc(100_000) });
  expect(await pull(publish('first', first))).toMatchObject({ code: 0, err: '' });
  const [layer] = layers();
  expect(layer).toMatchObject({ 'diff-digest': first.diffId, 'toc-digest': chunkedParts(first.annotations)!.digest });
  expect(layer!['compressed-diff-digest']).toBeUndefined();
  expect(layer!['big-data-names']).toEqual(['zstd-chunked-manifest', 'zstd-chunked-layer-data']);
  expect(fileOf(layer, 'usr/big').equals(big)).toBe(true);
  expect(fileOf(layer, 'usr/holes').equals(Buffer.alloc(100_000))).toBe(true);

  const second = await layerOf({ name: 'opt/' }, { name: 'opt/new', content: 'new' }, { name: 'opt/moved', content: big });
  expect(await pull(publish('second', second))).toMatchObject({ code: 0, err: '' });
  expect(fileOf(layers()[1], 'opt/moved').equals(big)).toBe(true);
  expect(bytesAsked(digestOf(second.blob))).toBeLessThan(second.blob.length / 10);
  expect(scene.podman('system', 'check')).toMatchObject({ code: 0 });
});

it('asks for many parts with one request, and one by one where the registry does not understand', async () => {
  const others = (index: number): EntryFields => ({
    name: `old${index}`,
    content: Buffer.from(big.subarray(index * 9000, index * 9000 + 9000)),
  });
  const news = (name: string, index: number): EntryFields => ({ name: `new${index}`, content: `${name}${index}`.repeat(100) });
  expect(await pull(publish('old', await layerOf(...[0, 1, 2, 3, 4].map(others))))).toMatchObject({ code: 0, err: '' });
  for (const registry of [true, 'one'] as const) {
    knowsRanges = registry;
    seen = [];
    const made = await layerOf(...[0, 1, 2, 3, 4].flatMap((index) => [others(index), news(String(registry), index)]));
    expect(await pull(publish(String(registry), made))).toMatchObject({ code: 0, err: '' });
    const asked = seen.filter(({ digest }) => digest === digestOf(made.blob)).map(({ range }) => range!.split(',').length);
    // the tables, then what is new; a registry that does not understand is asked for each
    if (registry === true) expect(asked).toEqual([2, 5]);
    else expect(asked).toEqual([2, 1, 1, 1, 1, 1, 1, 1]);
    expect(String(fileOf(layers().at(-1), 'new4'))).toBe(`${registry}4`.repeat(100));
  }
});

it('takes no file that was changed since', async () => {
  const first = await layerOf({ name: 'big', content: big });
  expect(await pull(publish('first', first))).toMatchObject({ code: 0 });
  writeFileSync(join(scene.root, 'overlay', layers()[0]!.id, 'diff/big'), Buffer.alloc(big.length, 'x'));
  expect(await pull(publish('second', await layerOf({ name: 'again', content: big })))).toMatchObject({ code: 0, err: '' });
  expect(fileOf(layers()[1], 'again').equals(big)).toBe(true);
});

it('fetches the whole where the registry knows no ranges, and where nobody asked for parts', async () => {
  const made = await layerOf({ name: 'big', content: big });
  knowsRanges = false;
  expect(await pull(publish('first', made))).toMatchObject({ code: 0, err: '' });
  expect(layers()[0]).toMatchObject({ 'compressed-diff-digest': digestOf(made.blob) });
  knowsRanges = true;
  seen = [];
  const other = await layerOf({ name: 'other', content: big });
  expect(await pull(publish('second', other), false)).toMatchObject({ code: 0, err: '' });
  expect(seen.filter(({ range }) => range)).toEqual([]);
});

/** The layer with another table of contents, which its annotations vouch for. */
function withTable({ blob, annotations, diffId }: MadeLayer, change: (toc: Toc) => unknown): MadeLayer {
  const { toc: part, tarSplit } = chunkedParts(annotations)!;
  const toc = JSON.parse(String(zstdDecompressSync(blob.subarray(part.offset, part.offset + part.length)))) as Toc;
  const text = Buffer.from(JSON.stringify(change(toc) ?? toc));
  const bytes = zstdCompressSync(text);
  const place = { offset: blob.length + skippableHeader, length: bytes.length, uncompressed: text.length };
  return {
    blob: Buffer.concat([blob, skippableFrame(bytes.length), bytes]),
    annotations: positionAnnotations(digestOf(bytes), place, tarSplit),
    diffId,
  };
}

const refused: [string, (toc: Toc) => unknown, string][] = [
  ['names another piece', ({ entries: [a, b] }) => void Object.assign(a!, { ...b, name: a!.name }), 'digest'],
  ['lies about a digest', ({ entries: [a] }) => void (a!.digest = digestOf('x')), 'a piece of a file is not'],
  ['leads out of the blob', ({ entries: [a] }) => void (a!.endOffset = 1e12), 'invalid entry'],
  ['leads before its beginning', ({ entries: [a] }) => void (a!.offset = -5), 'invalid entry'],
  ['says that a file is longer', ({ entries: [a] }) => void (a!.size = 1e9), ''],
  ['lacks a file', (toc) => void toc.entries.shift(), 'differ'],
  ['has a file twice', (toc) => void toc.entries.push(toc.entries[0]!), 'two entries'],
  ['names a place above', ({ entries: [a] }) => void (a!.name = '../../../etc/x'), 'differ'],
  ['names another tar-split', (toc) => void (toc.tarSplitDigest = digestOf('x')), 'invalid digest of the tar-split'],
  ['is a list', () => [], 'unknown table'],
  ['is of a later version', (toc) => void (toc.version = 2), 'unknown table'],
];

it.each(refused)('S01 S06: a table of contents that %s gives no layer', async (_, change, reason) => {
  const made = await layerOf({ name: 'a', content: 'aaaa' }, { name: 'b', content: 'bbbb' });
  const { code, err } = await pull(publish('hostile', withTable(made, change)));
  if (reason !== '') expect({ code, err }).toEqual({ code: 125, err: expect.stringContaining(reason) });
  // What is refused as parts only may come whole, and is what it is then.
  if (code === 0) expect(fileOf(layers()[0], 'a').toString()).toBe('aaaa');
  else expect(layers()).toEqual([]);
  const temporary = join(scene.root, 'overlay/tempdirs');
  expect(existsSync(temporary) ? readdirSync(temporary) : []).toEqual([]);
});

it('S07: a table of contents that unpacks to more than it said is refused', async () => {
  const made = await layerOf({ name: 'a', content: 'aaaa' });
  const hostile = withTable(made, (toc) => ({ ...toc, padding: 'x'.repeat(10 << 20) }));
  const position = 'io.github.containers.zstd-chunked.manifest-position';
  hostile.annotations[position] = hostile.annotations[position]!.replace(/:\d+:1$/, ':1000:1');
  const { code, err } = await pull(publish('bomb', hostile));
  expect({ code, err }).toEqual({ code: 125, err: expect.stringContaining('is not 1000 bytes of zstd') });
});

it('S01: a table of contents of another digest is refused', async () => {
  const made = await layerOf({ name: 'a', content: 'aaaa' });
  made.annotations['io.github.containers.zstd-chunked.manifest-checksum'] = digestOf('x');
  const { code, err } = await pull(publish('wrong', made));
  expect({ code, err }).toEqual({ code: 125, err: expect.stringContaining('invalid digest of the table of contents') });
});
