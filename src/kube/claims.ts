import type { ContainerEngine } from '../container/engine.ts';
import { importVolume, makeVolume } from '../container/volume-use.ts';
import type { VolumeRecord } from '../volume/volume.ts';
import { InvalidKube } from './errors.ts';
import type { KubeObject } from './objects.ts';

const prefix = 'volume.podman.io';

/** Makes the volume that a PersistentVolumeClaim asks for; annotations say how. @returns its name @throws InvalidKube */
export async function playClaim(engine: ContainerEngine, { metadata }: KubeObject, added: Record<string, string>): Promise<string> {
  const name = metadata.name ?? '';
  if (name.trim() === '') throw new InvalidKube('persistent volume claim name can not be empty');
  const annotations = { ...metadata.annotations, ...added };
  const of = (key: string): string | undefined => annotations[`${prefix}/${key}`];
  const options: Record<string, string> = {};
  for (const [key, option] of Object.entries({ device: 'device', type: 'type', 'mount-options': 'o', image: 'image' })) {
    const value = of(key);
    if (value !== undefined) options[option] = value;
  }
  const uid = numeric(of('uid'), 'uid');
  const gid = numeric(of('gid'), 'gid');
  makeVolume(
    engine,
    {
      name,
      labels: { ...metadata.labels },
      options,
      ...(of('driver') === undefined ? {} : { driver: of('driver')! }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    },
    true,
  );
  const source = of('import-source');
  if (source) await importVolume(engine, name, source);
  return name;
}

function numeric(text: string | undefined, what: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text))
    throw new InvalidKube(`cannot convert ${what} ${text} to integer: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** A volume as the claim that would make it again. */
export function claimOf({ name, driver, labels, options }: VolumeRecord): object {
  const annotations: Record<string, string> = { [`${prefix}/driver`]: driver || 'local' };
  const keys: Record<string, string> = { o: 'mount-options', device: 'device', type: 'type', UID: 'uid', GID: 'gid' };
  for (const [key, value] of Object.entries(options ?? {})) if (keys[key]) annotations[`${prefix}/${keys[key]}`] = value;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      annotations,
      creationTimestamp: `${new Date().toISOString().slice(0, 19)}Z`,
      ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
      name,
    },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    status: {},
  };
}
