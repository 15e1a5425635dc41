import { parse, stringify } from 'yaml';
import type { ContainerEngine } from '../container/engine.ts';
import { secretsOf } from '../container/secrets.ts';
import { textMap } from './documents.ts';
import { InvalidKube } from './errors.ts';
import type { KubeObject, KubeSecret } from './objects.ts';

/** Stores a Secret whole, as YAML, in the place of one of the same name. @returns its ID */
export function storeSecret(engine: ContainerEngine, object: KubeObject): string {
  const secret = { ...(object as KubeSecret) };
  const data = textMap(secret.data, 'data');
  const stringData = textMap(secret.stringData, 'stringData');
  if (data) secret.data = data;
  if (stringData) secret.stringData = stringData;
  const name = secret.metadata.name ?? '';
  const id = secretsOf(engine).create(name, Buffer.from(stringify(secret)), {
    driver: 'file',
    driverOptions: { path: `${engine.paths.secretsDir}/filedriver` },
    labels: {},
    replace: true,
    ignore: false,
  });
  engine.events.writeEvent('secret', 'create', { ID: id, Name: name });
  return id;
}

/** The values of a secret by key: one of Kubernetes' as YAML, or a JSON object of base64 texts. @throws NoSuchSecret InvalidKube */
export function secretValues(engine: ContainerEngine, name: string): Map<string, Uint8Array> {
  const text = Buffer.from(secretsOf(engine).value(name)).toString('utf8');
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new InvalidKube(`secret ${name} is not valid JSON/YAML: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null) throw new InvalidKube(`secret ${name} is not valid JSON/YAML: it is not an object`);
  const secret = value as KubeSecret;
  const isPlain = secret.data === undefined && secret.stringData === undefined && secret.kind === undefined;
  const data = isPlain ? (value as Record<string, string>) : secret.data;
  const values = new Map<string, Uint8Array>();
  for (const [key, encoded] of Object.entries(data ?? {})) values.set(key, Buffer.from(String(encoded), 'base64'));
  for (const [key, plain] of Object.entries(secret.stringData ?? {})) values.set(key, Buffer.from(String(plain)));
  return values;
}
