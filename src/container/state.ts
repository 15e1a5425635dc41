import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { Container, type ContainerConfig, type ContainerState, freshState } from './container.ts';
import { AmbiguousId, DiskFull, NameInUse, NoSuchContainer } from './errors.ts';
import type { OciSpec } from './oci-spec.ts';

const schemaVersion = 1;
const schema = `
  CREATE TABLE IF NOT EXISTS names (name TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS containers (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, pod TEXT, config TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS specs (id TEXT PRIMARY KEY, spec TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS states (id TEXT PRIMARY KEY, state TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS dependencies (id TEXT NOT NULL, needs TEXT NOT NULL, PRIMARY KEY (needs, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS exec_sessions (id TEXT PRIMARY KEY, container TEXT NOT NULL, session TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS exit_codes (id TEXT PRIMARY KEY, code INTEGER NOT NULL, time INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS documents (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
`;

/** Bytes; a removal writes some ten kilobytes. */
const RESERVE = 256 << 10;

const SQLITE_FULL = 13;
const isDiskFull = (error: unknown): boolean => {
  const { errcode, code, message = '' } = error as { errcode?: number; code?: string; message?: string };
  return errcode === SQLITE_FULL || code === 'SQLITE_FULL' || message.includes('database or disk is full');
};

/** SQLite has done so itself after some errors. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // nothing to roll back
  }
}

/**
 * What selkie knows of its containers: `<graphroot>/selkie/state.sqlite`, in WAL mode. A commit is atomic and survives a kill; after a
 * power loss the last commits may be missing, never torn. Nothing is made until something is written.
 * `documents` holds records of other subjects (pods, volumes, networks) as JSON by kind and key.
 */
export class StateDb implements Disposable {
  private database: DatabaseSync | undefined;
  private readonly statements = new Map<string, StatementSync>();

  constructor(readonly path: string) {}

  // -- containers

  /** Adds a container with its first state. @throws NameInUse */
  addContainer(container: Container): void {
    const { spec, ...config } = container.config;
    this.transaction(() => {
      this.claimName(config.name, config.id);
      this.run(
        'INSERT INTO containers (id, name, pod, config) VALUES (?, ?, ?, ?)',
        config.id,
        config.name,
        config.pod ?? null,
        JSON.stringify(config),
      );
      this.run('INSERT INTO specs (id, spec) VALUES (?, ?)', config.id, JSON.stringify(spec));
      this.run('INSERT INTO states (id, state) VALUES (?, ?)', config.id, JSON.stringify(container.state));
      for (const needs of config.dependencies) this.run('INSERT OR IGNORE INTO dependencies (id, needs) VALUES (?, ?)', config.id, needs);
      this.run('DELETE FROM exit_codes WHERE id = ?', config.id);
    });
  }

  /** Removes every trace of a container but its exit code. */
  removeContainer(id: string): void {
    this.transaction(() => {
      this.run('DELETE FROM names WHERE id = ?', id);
      this.run('DELETE FROM containers WHERE id = ?', id);
      this.run('DELETE FROM specs WHERE id = ?', id);
      this.run('DELETE FROM states WHERE id = ?', id);
      this.run('DELETE FROM dependencies WHERE id = ?', id);
      this.run('DELETE FROM exec_sessions WHERE container = ?', id);
    });
    this.keepReserve();
  }

  /** By full ID, full name, or unique beginning of an ID. @throws NoSuchContainer AmbiguousId */
  lookup(nameOrId: string): Container {
    const found = this.find(nameOrId);
    if (found === undefined) throw new NoSuchContainer(nameOrId);
    return found;
  }

  /** Like `lookup`, undefined where there is none. @throws AmbiguousId */
  find(nameOrId: string): Container | undefined {
    if (nameOrId === '' || !this.isThere()) return undefined;
    const exact = this.rows<ContainerRow>(`${select} WHERE c.id = ?1 OR c.name = ?1`, nameOrId);
    const sameId = exact.find((row) => row.id === nameOrId) ?? exact[0];
    if (sameId !== undefined) return this.toContainer(sameId);
    if (!/^[0-9a-f]+$/.test(nameOrId)) return undefined;
    const matches = this.rows<ContainerRow>(`${select} WHERE c.id >= ?1 AND c.id < ?2 LIMIT 2`, nameOrId, `${nameOrId}g`);
    if (matches.length > 1) throw new AmbiguousId(nameOrId);
    return matches[0] && this.toContainer(matches[0]);
  }

  /** The container with this full ID. */
  get(id: string): Container | undefined {
    if (!this.isThere()) return undefined;
    const row = this.rows<ContainerRow>(`${select} WHERE c.id = ?`, id)[0];
    return row && this.toContainer(row);
  }

  /** All containers, oldest first; with `statuses` only those whose last known status is one of them: the others are not even read. */
  list(statuses?: readonly ContainerState['status'][]): Container[] {
    if (!this.isThere()) return [];
    const wanted = statuses ? ` WHERE json_extract(s.state, '$.status') IN (${statuses.map(() => '?').join()})` : '';
    return this.rows<ContainerRow>(`${select}${wanted} ORDER BY c.number`, ...(statuses ?? [])).map((row) => this.toContainer(row));
  }

  /** As `list`, of what completion needs: with many containers most of the time goes into reading configurations. */
  names(statuses?: readonly ContainerState['status'][]): { id: string; name: string; pod: string | null }[] {
    if (!this.isThere()) return [];
    const wanted = statuses
      ? ` JOIN states s ON s.id = c.id WHERE json_extract(s.state, '$.status') IN (${statuses.map(() => '?').join()})`
      : '';
    return this.rows(`SELECT c.id, c.name, c.pod FROM containers c${wanted} ORDER BY c.number`, ...(statuses ?? []));
  }

  inPod(pod: string): Container[] {
    if (!this.isThere()) return [];
    return this.rows<ContainerRow>(`${select} WHERE c.pod = ? ORDER BY c.number`, pod).map((row) => this.toContainer(row));
  }

  /** Full IDs of containers that need this one. */
  dependents(id: string): string[] {
    if (!this.isThere()) return [];
    return this.rows<{ id: string }>('SELECT id FROM dependencies WHERE needs = ? ORDER BY id', id).map((row) => row.id);
  }

  /** The number that inspect calls lockNumber. */
  containerNumber(id: string): number {
    return this.rows<{ number: number }>('SELECT number FROM containers WHERE id = ?', id)[0]?.number ?? 0;
  }

  /** Reads the state anew; false when the container is gone. */
  refresh(container: Container): boolean {
    if (!this.isThere()) return false;
    const row = this.rows<{ state: string }>('SELECT state FROM states WHERE id = ?', container.id)[0];
    if (row === undefined) return false;
    container.state = parseState(row.state);
    return true;
  }

  saveState(container: Container): void {
    this.run('UPDATE states SET state = ? WHERE id = ?', JSON.stringify(container.state), container.id);
  }

  /** Writes a changed configuration (rename, update). @throws NameInUse */
  saveConfig(container: Container): void {
    const { spec, ...config } = container.config;
    this.transaction(() => {
      const before = this.rows<{ name: string }>('SELECT name FROM containers WHERE id = ?', config.id)[0]?.name;
      if (before !== config.name) {
        this.claimName(config.name, config.id);
        if (before !== undefined) this.run('DELETE FROM names WHERE name = ?', before);
      }
      this.run('UPDATE containers SET name = ?, config = ? WHERE id = ?', config.name, JSON.stringify(config), config.id);
      this.run('UPDATE specs SET spec = ? WHERE id = ?', JSON.stringify(spec), config.id);
    });
  }

  // -- names, shared by containers and pods

  /** @throws NameInUse */
  claimName(name: string, id: string): void {
    const holder = this.nameHolder(name);
    if (holder !== undefined && holder !== id) throw new NameInUse(name, holder);
    this.run('INSERT OR REPLACE INTO names (name, id) VALUES (?, ?)', name, id);
  }

  releaseName(name: string): void {
    this.run('DELETE FROM names WHERE name = ?', name);
  }

  nameHolder(name: string): string | undefined {
    if (!this.isThere()) return undefined;
    return this.rows<{ id: string }>('SELECT id FROM names WHERE name = ?', name)[0]?.id;
  }

  // -- exec sessions

  saveExecSession(id: string, container: string, session: unknown): void {
    this.run('INSERT OR REPLACE INTO exec_sessions (id, container, session) VALUES (?, ?, ?)', id, container, JSON.stringify(session));
  }

  execSessions<T>(container: string): T[] {
    if (!this.isThere()) return [];
    return this.rows<{ session: string }>('SELECT session FROM exec_sessions WHERE container = ?', container).map((row) =>
      JSON.parse(row.session),
    );
  }

  findExecSession<T>(id: string): T | undefined {
    if (!this.isThere()) return undefined;
    const rows = this.rows<{ session: string }>('SELECT session FROM exec_sessions WHERE id >= ?1 AND id < ?2 LIMIT 2', id, `${id}g`);
    return rows.length === 1 ? JSON.parse(rows[0]!.session) : undefined;
  }

  removeExecSession(id: string): void {
    this.run('DELETE FROM exec_sessions WHERE id = ?', id);
  }

  // -- exit codes, kept for those who wait for a container that removes itself

  saveExitCode(id: string, code: number): void {
    const now = Math.floor(Date.now() / 1000);
    this.run('INSERT OR REPLACE INTO exit_codes (id, code, time) VALUES (?, ?, ?)', id, code, now);
    this.run('DELETE FROM exit_codes WHERE time < ? AND id NOT IN (SELECT id FROM containers)', now - 300);
  }

  exitCode(id: string): number | undefined {
    if (!this.isThere()) return undefined;
    return this.rows<{ code: number }>('SELECT code FROM exit_codes WHERE id = ?', id)[0]?.code;
  }

  // -- documents of other subjects

  putDocument(kind: string, key: string, value: unknown): void {
    this.run('INSERT OR REPLACE INTO documents (kind, key, value) VALUES (?, ?, ?)', kind, key, JSON.stringify(value));
  }

  /** Adds a document; false when there is one with this key already. */
  addDocument(kind: string, key: string, value: unknown): boolean {
    return this.run('INSERT OR IGNORE INTO documents (kind, key, value) VALUES (?, ?, ?)', kind, key, JSON.stringify(value)) > 0;
  }

  document<T>(kind: string, key: string): T | undefined {
    if (!this.isThere()) return undefined;
    const row = this.rows<{ value: string }>('SELECT value FROM documents WHERE kind = ? AND key = ?', kind, key)[0];
    return row && JSON.parse(row.value);
  }

  documents<T>(kind: string): { key: string; value: T }[] {
    if (!this.isThere()) return [];
    return this.rows<{ key: string; value: string }>('SELECT key, value FROM documents WHERE kind = ? ORDER BY key', kind).map((row) => ({
      key: row.key,
      value: JSON.parse(row.value),
    }));
  }

  removeDocument(kind: string, key: string): boolean {
    if (!this.isThere()) return false;
    return this.run('DELETE FROM documents WHERE kind = ? AND key = ?', kind, key) > 0;
  }

  // -- the database itself

  private depth = 0;

  /** All or nothing; may be nested, and then belongs to the outermost. `work` must be synchronous. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work();
    return this.withRoom(() => {
      const database = this.open();
      database.exec('BEGIN IMMEDIATE');
      this.depth++;
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        rollBack(database);
        throw error;
      } finally {
        this.depth--;
      }
    });
  }

  /** Writes; on a full disk the reserve is given up, so that what takes space can still be removed. @throws DiskFull */
  private withRoom<T>(write: () => T): T {
    if (this.depth > 0) return write();
    try {
      return write();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      if (!existsSync(this.reserve)) throw new DiskFull(this.path, error);
      rmSync(this.reserve, { force: true });
    }
    try {
      return write();
    } catch (error) {
      throw isDiskFull(error) ? new DiskFull(this.path, error) : error;
    }
  }

  /** Room on the disk that is kept for the database. */
  private get reserve(): string {
    return join(dirname(this.path), 'reserve');
  }

  private keepReserve(): void {
    if (existsSync(this.reserve)) return;
    try {
      writeFileSync(this.reserve, Buffer.alloc(RESERVE), { mode: 0o600 });
    } catch {
      // There is no room for it now; the next removal tries again.
      rmSync(this.reserve, { force: true });
    }
  }

  private isThere(): boolean {
    return this.database !== undefined || existsSync(this.path);
  }

  private run(sql: string, ...values: SQLInputValue[]): number {
    return this.withRoom(() => Number(this.prepared(sql).run(...values).changes));
  }

  private rows<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.prepared(sql).all(...values) as T[];
  }

  private prepared(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.open().prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  private open(): DatabaseSync {
    if (this.database !== undefined) return this.database;
    const { DatabaseSync: Database } = require('node:sqlite') as typeof import('node:sqlite');
    if (!existsSync(this.path)) mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const database = new Database(this.path);
    // A commit need not reach the disk at once: what it describes (processes, mounts) does not outlive a power loss either.
    // The first to open the database reads the whole log, and that is most commands: so it is kept short (pages of 4 kB).
    database.exec('PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 250');
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version < schemaVersion) {
      database.exec('BEGIN IMMEDIATE');
      database.exec(`${schema} PRAGMA user_version = ${schemaVersion}`);
      database.exec('COMMIT');
      this.keepReserve();
    }
    this.database = database;
    return database;
  }

  /** Not closed: the last one to close a WAL database copies the log back, milliseconds that every command would pay. */
  [Symbol.dispose](): void {
    this.statements.clear();
  }

  private toContainer(row: ContainerRow): Container {
    const config = JSON.parse(row.config) as ContainerConfig;
    let spec: OciSpec | undefined;
    Object.defineProperty(config, 'spec', {
      enumerable: true,
      configurable: true,
      get: () => {
        spec ??= JSON.parse(this.rows<{ spec: string }>('SELECT spec FROM specs WHERE id = ?', config.id)[0]?.spec ?? '{}') as OciSpec;
        return spec;
      },
      set: (next: OciSpec) => {
        spec = next;
      },
    });
    return new Container(config, parseState(row.state));
  }
}

interface ContainerRow {
  id: string;
  config: string;
  state: string;
}

const select = 'SELECT c.id, c.config, s.state FROM containers c JOIN states s ON s.id = c.id';

/** A state written by an older version lacks newer fields. */
const parseState = (text: string): ContainerState => ({ ...freshState(), ...JSON.parse(text) });
