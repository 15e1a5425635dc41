import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { dataHome, isRootless } from '../config/paths.ts';
import { debug } from '../diagnostics.ts';
import { type Digest, isDigest } from './digest.ts';
import { parseReference, type Reference, repositoryName } from './reference.ts';

/** A blob with the content of another, compressed in another way. */
export interface BlobVariant {
  readonly digest: Digest;
  /** `gzip`, `zstd`, `uncompressed` … */
  readonly compressor: string;
}

/** Names in sqlite's own table of what has to be there; the last tells that all is. Format: storage.md 6.4. */
const tables = [
  'DigestUncompressedPairs(anyDigest TEXT PRIMARY KEY NOT NULL, uncompressedDigest TEXT NOT NULL)',
  'DigestCompressors(digest TEXT PRIMARY KEY NOT NULL, compressor TEXT NOT NULL)',
  `KnownLocations(transport TEXT NOT NULL, scope TEXT NOT NULL, digest TEXT NOT NULL, location TEXT NOT NULL, time TIMESTAMP NOT NULL,
    PRIMARY KEY (transport, scope, digest, location))`,
  'DigestTOCUncompressedPairs(tocDigest TEXT PRIMARY KEY NOT NULL, uncompressedDigest TEXT NOT NULL)',
  `DigestSpecificVariantCompressors(digest TEXT PRIMARY KEY NOT NULL, specificVariantCompressor TEXT NOT NULL,
    specificVariantAnnotations BLOB NOT NULL)`,
];
const schema = [
  ...tables.map((table) => `CREATE TABLE IF NOT EXISTS ${table}`),
  'CREATE INDEX IF NOT EXISTS DigestUncompressedPairs_index_uncompressedDigest ON DigestUncompressedPairs(uncompressedDigest)',
].join(';\n');

/** Places that are tried for one blob. */
const mostLocations = 5;

/**
 * What the field's tools know together about blobs: which are the same content compressed in other ways, and in which repositories of a
 * registry one lies. Only what was verified here is noted. Noted at once at `save`; a cache that cannot be opened knows nothing.
 */
export class BlobInfoCache {
  #database: DatabaseSync | undefined;
  #isBroken = false;
  readonly #notes: [sql: string, values: SQLInputValue[]][] = [];

  constructor(readonly path = join(isRootless() ? dataHome() : '/var/lib', 'containers/cache/blob-info-cache-v1.sqlite')) {}

  /** Other forms of the same content, the uncompressed one last. */
  variants(digest: Digest): BlobVariant[] {
    const plain = this.uncompressed(digest);
    if (plain === undefined) return [];
    const rows = this.#rows<{ digest: string; compressor: string }>(
      `SELECT anyDigest AS digest, compressor FROM DigestUncompressedPairs JOIN DigestCompressors ON digest = anyDigest
       WHERE uncompressedDigest = ? AND anyDigest <> ? ORDER BY compressor = 'uncompressed'`,
      plain,
      digest,
    );
    return rows.filter((row): row is BlobVariant => isDigest(row.digest));
  }

  /** The digest of a blob's content when it is not compressed, where it is known. */
  uncompressed(digest: Digest): Digest | undefined {
    const [row] = this.#rows<{ plain: string }>(
      `SELECT uncompressedDigest AS plain FROM DigestUncompressedPairs WHERE anyDigest = ?1 OR uncompressedDigest = ?1 LIMIT 1`,
      digest,
    );
    return isDigest(row?.plain) ? row.plain : undefined;
  }

  /** Repositories of a registry that had the blob, the latest first. */
  locations(registry: string, digest: Digest): Reference[] {
    const rows = this.#rows<{ location: string }>(
      `SELECT location FROM KnownLocations WHERE transport = 'docker' AND scope = ? AND digest = ? ORDER BY time DESC LIMIT ${mostLocations}`,
      registry,
      digest,
    );
    return rows.flatMap(({ location }) => {
      try {
        return [parseReference(location)];
      } catch {
        return [];
      }
    });
  }

  /** @param compressor of `digest`: `gzip`, `zstd`, `uncompressed` */
  noteContent(digest: Digest, uncompressed: Digest, compressor: string): void {
    this.#note('INSERT OR REPLACE INTO DigestUncompressedPairs VALUES (?, ?)', digest, uncompressed);
    this.#note('INSERT OR REPLACE INTO DigestCompressors VALUES (?, ?)', digest, compressor);
  }

  /** @param renew false: where it is known already, the time stays that of before */
  noteLocation(repository: Reference, digest: Digest, { renew = true } = {}): void {
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '+00:00');
    const sql = `INSERT OR ${renew ? 'REPLACE' : 'IGNORE'} INTO KnownLocations VALUES ('docker', ?, ?, ?, ?)`;
    this.#note(sql, repository.domain, digest, repositoryName(repository), time);
  }

  /** Writes what was noted, in one transaction. */
  save(): void {
    const notes = this.#notes.splice(0);
    if (notes.length === 0) return;
    this.#attempt(() => {
      const database = this.#open();
      database.exec('BEGIN EXCLUSIVE');
      try {
        for (const [sql, values] of notes) database.prepare(sql).run(...values);
      } finally {
        database.exec('COMMIT');
      }
    }, undefined);
  }

  #note(sql: string, ...values: SQLInputValue[]): void {
    this.#notes.push([sql, values]);
  }

  #rows<R>(sql: string, ...values: SQLInputValue[]): R[] {
    return this.#attempt(
      () =>
        this.#open()
          .prepare(sql)
          .all(...values) as R[],
      [],
    );
  }

  #attempt<R>(step: () => R, otherwise: R): R {
    if (this.#isBroken) return otherwise;
    try {
      return step();
    } catch (error) {
      this.#isBroken = true;
      debug(`Blob info cache ${this.path}: ${(error as Error).message}`);
      return otherwise;
    }
  }

  #open(): DatabaseSync {
    if (this.#database) return this.#database;
    const { DatabaseSync: Database } = require('node:sqlite') as typeof import('node:sqlite');
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const database = new Database(this.path);
    // It is a cache: what a power loss takes is found out again.
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF');
    const known = database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get('DigestSpecificVariantCompressors');
    if (known === undefined) database.exec(`BEGIN EXCLUSIVE;\n${schema};\nCOMMIT`);
    this.#database = database;
    return database;
  }
}
