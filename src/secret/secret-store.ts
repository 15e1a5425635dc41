import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LockFile } from '../os/locks.ts';
import { writeFileAtomically } from '../storage/atomic-file.ts';
import { goTimeNow, sortedKeys } from '../storage/go-json.ts';
import { randomId } from '../storage/ids.ts';
import { NoSuchSecret, SecretError, type SecretRecord, validateSecretName } from './secret.ts';
import { indented, secretDriver } from './secret-driver.ts';

interface SecretsFile {
  secrets: Record<string, SecretRecord>;
  nameToID: Record<string, string>;
  idToName: Record<string, string>;
}

export interface SecretRequest {
  driver: string;
  driverOptions: Record<string, string>;
  labels: Record<string, string>;
  replace: boolean;
  ignore: boolean;
}

const idLength = 25;
const sizeLimit = 512_000;

/** The secrets of a store: `<graphroot>/secrets/secrets.json`, shared with podman, and the drivers that hold the values. */
export class SecretStore {
  private readonly file: string;
  private readonly lock: LockFile;

  constructor(readonly directory: string) {
    this.file = join(directory, 'secrets.json');
    this.lock = new LockFile(join(directory, 'secrets.lock'));
  }

  list(): SecretRecord[] {
    return Object.values(this.read().secrets);
  }

  /** By name, ID, or unique beginning of an ID. @throws NoSuchSecret SecretError */
  lookup(nameOrId: string): SecretRecord {
    return lookupIn(this.read(), nameOrId);
  }

  /** The value of a secret. @throws NoSuchSecret */
  value(nameOrId: string): Uint8Array {
    const record = this.lookup(nameOrId);
    return secretDriver(record.driver, record.driverOptions).lookup(record.id);
  }

  /** Stores a value, and returns its ID: that of an existing one with `ignore`. */
  create(name: string, value: Uint8Array, request: SecretRequest): string {
    validateSecretName(name);
    if (value.length === 0 || value.length >= sizeLimit)
      throw new SecretError('secret data must be larger than 0 and less than 512000 bytes');
    const driverOptions = { ...request.driverOptions };
    if (request.driver === 'file') driverOptions['path'] ??= join(this.directory, 'filedriver');
    return this.locked(() => {
      const file = this.read();
      const existing = file.secrets[file.nameToID[name] ?? (file.idToName[name] === undefined ? '' : name)];
      if (existing && request.ignore) return existing.id;
      if (existing && !request.replace) throw new SecretError(`${name}: secret name in use`);
      const driver = secretDriver(request.driver, driverOptions);
      const now = goTimeNow();
      if (existing) removeFrom(file, existing, driver.remove.bind(driver));
      const record: SecretRecord = {
        name,
        id: newId(file),
        ...(Object.keys(request.labels).length > 0 ? { labels: sortedKeys(request.labels) } : {}),
        createdAt: existing?.createdAt ?? now,
        updatedAt: now,
        driver: request.driver,
        driverOptions: sortedKeys(driverOptions),
      };
      try {
        driver.store(record.id, value);
      } catch (error) {
        throw new SecretError(`creating secret ${name}: ${(error as Error).message}`, { cause: error });
      }
      file.secrets[record.id] = record;
      file.nameToID[name] = record.id;
      file.idToName[record.id] = name;
      this.write(file);
      return record.id;
    });
  }

  /** Removes a secret and its value, and returns its ID. @throws NoSuchSecret */
  remove(nameOrId: string): string {
    return this.locked(() => {
      const file = this.read();
      const record = lookupIn(file, nameOrId);
      const driver = secretDriver(record.driver, record.driverOptions);
      try {
        driver.remove(record.id);
      } catch (error) {
        throw new SecretError(`deleting secret ${nameOrId}: ${(error as Error).message}`, { cause: error });
      }
      forget(file, record);
      this.write(file);
      return record.id;
    });
  }

  private locked<T>(work: () => T): T {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    this.lock.lockExclusive();
    try {
      return work();
    } finally {
      this.lock.unlock();
    }
  }

  private read(): SecretsFile {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as SecretsFile;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { secrets: {}, nameToID: {}, idToName: {} };
      throw new SecretError(`reading ${this.file}: ${(error as Error).message}`, { cause: error });
    }
  }

  private write(file: SecretsFile): void {
    const sorted = { secrets: sortedKeys(file.secrets), nameToID: sortedKeys(file.nameToID), idToName: sortedKeys(file.idToName) };
    writeFileAtomically(this.file, indented(sorted), 0o600, true);
  }
}

function lookupIn(file: SecretsFile, nameOrId: string): SecretRecord {
  const exact = file.secrets[nameOrId] ?? file.secrets[file.nameToID[nameOrId] ?? ''];
  if (exact) return exact;
  const matches = nameOrId.length > idLength ? [] : Object.keys(file.secrets).filter((id) => id.startsWith(nameOrId));
  if (matches.length > 1) throw new SecretError(`more than one result secret with prefix ${nameOrId}: secret is ambiguous`);
  const match = file.secrets[matches[0] ?? ''];
  if (!match) throw new NoSuchSecret(nameOrId);
  return match;
}

/** A secret whose value is gone already is replaced all the same. */
function removeFrom(file: SecretsFile, record: SecretRecord, remove: (id: string) => void): void {
  try {
    remove(record.id);
  } catch (error) {
    if (!(error instanceof NoSuchSecret))
      throw new SecretError(`deleting driver secret ${record.id}: ${(error as Error).message}`, { cause: error });
  }
  forget(file, record);
}

function forget(file: SecretsFile, record: SecretRecord): void {
  delete file.secrets[record.id];
  delete file.nameToID[record.name];
  delete file.idToName[record.id];
}

function newId(file: SecretsFile): string {
  for (;;) {
    const id = randomId().slice(0, idLength);
    if (!(id in file.secrets)) return id;
  }
}
