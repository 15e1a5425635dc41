import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { flockExclusive } from '../os/flock.ts';

/** A bucket: keys are byte strings (latin1), values are bytes or further buckets. */
export type Bucket = Map<string, Uint8Array | Bucket>;

/** A file that is not a bolt database of a version that we know. */
export class BoltFormatError extends Error {}

const MAGIC = 0xed0cdaed;
const VERSION = 2;
const PAGE_HEADER = 16;
const ELEMENT = 16;
const META_BODY = 64;
const BRANCH = 0x01;
const LEAF = 0x02;
const META = 0x04;
const FREELIST = 0x10;
const BUCKET_VALUE = 0x01;
const NEW_PAGE_SIZE = 4096;
const MOST_PAGES = 1 << 16;

interface Meta {
  pageSize: number;
  root: number;
  sequence: bigint;
  freelist: number;
  highWater: number;
  transaction: bigint;
}

/**
 * Reads a small bolt database as a whole, lets `change` alter it and writes it back where it returns true: the format of podman's
 * ipam.db, under the lock that bolt takes. New pages go where no live page is and the meta page is written last, so whoever is
 * killed midway leaves the old state.
 * @throws BoltFormatError
 */
export function updateBoltFile(path: string, change: (root: Bucket) => boolean): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    flockExclusive(fd, path);
    const file = readWhole(fd);
    const meta = file.length === 0 ? undefined : newestMeta(file);
    const root: Bucket = meta === undefined ? new Map() : readBucket(file, meta.pageSize, meta.root);
    if (change(root)) write(fd, file, meta, root);
  } finally {
    closeSync(fd);
  }
}

function readWhole(fd: number): Buffer {
  const { size } = fstatSync(fd);
  const file = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const got = readSync(fd, file, at, size - at, at);
    if (got === 0) break;
    at += got;
  }
  return file;
}

function newestMeta(file: Buffer): Meta {
  const first = readMeta(file, 0);
  const second = readMeta(file, first?.pageSize ?? NEW_PAGE_SIZE);
  const metas = [first, second].filter((meta) => meta !== undefined);
  if (metas.length === 0) throw new BoltFormatError('invalid database');
  return metas.reduce((one, other) => (one.transaction > other.transaction ? one : other));
}

function readMeta(file: Buffer, at: number): Meta | undefined {
  const body = at + PAGE_HEADER;
  if (file.length < body + META_BODY) return undefined;
  if (file.readUInt32LE(body) !== MAGIC || file.readUInt32LE(body + 4) !== VERSION) return undefined;
  if (file.readBigUInt64LE(body + 56) !== fnv1a(file.subarray(body, body + 56))) return undefined;
  return {
    pageSize: file.readUInt32LE(body + 8),
    root: Number(file.readBigUInt64LE(body + 16)),
    sequence: file.readBigUInt64LE(body + 24),
    freelist: Number(file.readBigUInt64LE(body + 32)),
    highWater: Number(file.readBigUInt64LE(body + 40)),
    transaction: file.readBigUInt64LE(body + 48),
  };
}

function fnv1a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

function readBucket(file: Buffer, pageSize: number, root: number): Bucket {
  const bucket: Bucket = new Map();
  readPage(file, root * pageSize, pageSize, bucket, 0);
  return bucket;
}

function readPage(file: Buffer, at: number, pageSize: number, bucket: Bucket, depth: number): void {
  if (at + PAGE_HEADER > file.length || depth > 32) throw new BoltFormatError('page out of bounds');
  const flags = file.readUInt16LE(at + 8);
  const count = file.readUInt16LE(at + 10);
  for (let index = 0; index < count; index++) {
    const element = at + PAGE_HEADER + index * ELEMENT;
    if (flags === BRANCH) {
      readPage(file, Number(file.readBigUInt64LE(element + 8)) * pageSize, pageSize, bucket, depth + 1);
    } else if (flags === LEAF) {
      readElement(file, element, pageSize, bucket, depth);
    } else {
      throw new BoltFormatError(`unexpected page type ${flags}`);
    }
  }
}

function readElement(file: Buffer, element: number, pageSize: number, bucket: Bucket, depth: number): void {
  const key = element + file.readUInt32LE(element + 4);
  const value = key + file.readUInt32LE(element + 8);
  const end = value + file.readUInt32LE(element + 12);
  if (end > file.length) throw new BoltFormatError('element out of bounds');
  const name = file.toString('latin1', key, value);
  if ((file.readUInt32LE(element) & BUCKET_VALUE) === 0) {
    bucket.set(name, Uint8Array.prototype.slice.call(file, value, end));
    return;
  }
  const nested: Bucket = new Map();
  const root = Number(file.readBigUInt64LE(value));
  readPage(file, root === 0 ? value + 16 : root * pageSize, pageSize, nested, depth + 1);
  bucket.set(name, nested);
}

/** Numbers pages from `first` on and collects their bytes. */
class PageWriter {
  readonly pages: { id: number; bytes: Buffer }[] = [];

  constructor(
    private readonly pageSize: number,
    public nextId: number,
  ) {}

  /** Writes a bucket as one leaf (with overflow pages if it is long), its nested buckets first. @returns its page */
  bucket(bucket: Bucket): number {
    const entries = [...bucket].sort(([one], [other]) => (one < other ? -1 : 1));
    const elements = entries.map(([name, value]) => {
      const key = Buffer.from(name, 'latin1');
      if (!(value instanceof Map)) return { flags: 0, key, value };
      const header = Buffer.alloc(16);
      header.writeBigUInt64LE(BigInt(this.bucket(value)), 0);
      return { flags: BUCKET_VALUE, key, value: header };
    });
    const body = Buffer.alloc(elements.reduce((sum, { key, value }) => sum + ELEMENT + key.length + value.length, 0));
    let data = elements.length * ELEMENT;
    elements.forEach(({ flags, key, value }, index) => {
      const at = index * ELEMENT;
      body.writeUInt32LE(flags, at);
      body.writeUInt32LE(data - at, at + 4);
      body.writeUInt32LE(key.length, at + 8);
      body.writeUInt32LE(value.length, at + 12);
      body.set(key, data);
      body.set(value, data + key.length);
      data += key.length + value.length;
    });
    return this.page(LEAF, elements.length, body);
  }

  freelist(free: readonly number[]): number {
    const body = Buffer.alloc(free.length * 8);
    free.forEach((id, index) => {
      body.writeBigUInt64LE(BigInt(id), index * 8);
    });
    return this.page(FREELIST, free.length, body);
  }

  private page(flags: number, count: number, body: Buffer): number {
    const total = Math.max(1, Math.ceil((PAGE_HEADER + body.length) / this.pageSize));
    const bytes = Buffer.alloc(total * this.pageSize);
    const id = this.nextId;
    writePageHeader(bytes, id, flags, count, total - 1);
    bytes.set(body, PAGE_HEADER);
    this.pages.push({ id, bytes });
    this.nextId += total;
    return id;
  }
}

function writePageHeader(page: Buffer, id: number, flags: number, count: number, overflow: number): void {
  page.writeBigUInt64LE(BigInt(id), 0);
  page.writeUInt16LE(flags, 8);
  page.writeUInt16LE(count, 10);
  page.writeUInt32LE(overflow, 12);
}

function write(fd: number, file: Buffer, old: Meta | undefined, root: Bucket): void {
  const pageSize = old?.pageSize ?? NEW_PAGE_SIZE;
  const live = old === undefined ? new Set<number>() : livePages(file, old);
  const needed = countPages(pageSize, root) + 1;
  const lowest = live.size === 0 ? 2 : Math.min(...live);
  const first = lowest - 2 > needed ? 2 : Math.max(1, ...live) + 1;
  const writer = new PageWriter(pageSize, first);
  const rootPage = writer.bucket(root);
  const end = writer.nextId + 1;
  const highWater = Math.max(end, old?.highWater ?? 0);
  // All that is neither meta nor newly written is free; a freelist of many pages cannot be, as the file is kept small.
  const free: number[] = [];
  for (let id = 2; id < highWater && free.length < Math.min(0xfffe, (pageSize - PAGE_HEADER) / 8); id++) {
    if (id < first || id >= end) free.push(id);
  }
  const freelist = writer.freelist(free);
  if (highWater > MOST_PAGES) throw new BoltFormatError('database too large');
  if (file.length < highWater * pageSize) ftruncateSync(fd, highWater * pageSize);
  for (const { id, bytes } of writer.pages) writeSync(fd, bytes, 0, bytes.length, id * pageSize);
  const transaction = (old?.transaction ?? 0n) + 1n;
  const meta = { pageSize, root: rootPage, sequence: old?.sequence ?? 0n, freelist, highWater, transaction };
  if (old === undefined) writeMeta(fd, { ...meta, transaction: 0n });
  writeMeta(fd, meta);
}

function countPages(pageSize: number, bucket: Bucket): number {
  const writer = new PageWriter(pageSize, 2);
  writer.bucket(bucket);
  return writer.nextId - 2;
}

function writeMeta(fd: number, meta: Meta): void {
  const id = Number(meta.transaction % 2n);
  const page = Buffer.alloc(PAGE_HEADER + META_BODY);
  writePageHeader(page, id, META, 0, 0);
  const body = page.subarray(PAGE_HEADER);
  body.writeUInt32LE(MAGIC, 0);
  body.writeUInt32LE(VERSION, 4);
  body.writeUInt32LE(meta.pageSize, 8);
  body.writeBigUInt64LE(BigInt(meta.root), 16);
  body.writeBigUInt64LE(meta.sequence, 24);
  body.writeBigUInt64LE(BigInt(meta.freelist), 32);
  body.writeBigUInt64LE(BigInt(meta.highWater), 40);
  body.writeBigUInt64LE(meta.transaction, 48);
  body.writeBigUInt64LE(fnv1a(body.subarray(0, 56)), 56);
  writeSync(fd, page, 0, page.length, id * meta.pageSize);
}

/** The pages that the current state consists of, its freelist among them. */
function livePages(file: Buffer, meta: Meta): Set<number> {
  const live = new Set<number>();
  const mark = (id: number, depth: number): void => {
    const at = id * meta.pageSize;
    if (id < 2 || at + PAGE_HEADER > file.length || live.has(id) || depth > 32) return;
    const overflow = file.readUInt32LE(at + 12);
    for (let part = 0; part <= overflow; part++) live.add(id + part);
    const flags = file.readUInt16LE(at + 8);
    const count = file.readUInt16LE(at + 10);
    for (let index = 0; index < count && flags !== FREELIST; index++) {
      const element = at + PAGE_HEADER + index * ELEMENT;
      if (flags === BRANCH) mark(Number(file.readBigUInt64LE(element + 8)), depth + 1);
      else if ((file.readUInt32LE(element) & BUCKET_VALUE) !== 0) {
        const value = element + file.readUInt32LE(element + 4) + file.readUInt32LE(element + 8);
        mark(Number(file.readBigUInt64LE(value)), depth + 1);
      }
    }
  };
  mark(meta.root, 0);
  mark(meta.freelist, 0);
  return live;
}
