import { closeSync, constants, existsSync, fchmodSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';
import { volumesOf } from '../container/container-volumes.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { Rootfs } from '../container/rootfs-files/rootfs.ts';
import { makeVolume } from '../container/volume-use.ts';
import { InvalidKube } from './errors.ts';
import type { ConfigMap, KubeVolumeSource } from './objects.ts';
import { secretValues } from './secrets.ts';

/** A volume of a pod as it is mounted into its containers. */
export type KubeVolume =
  | { kind: 'bind' | 'device' | 'named' | 'emptyDir' | 'image'; source: string; pullPolicy?: string }
  /** Files from a ConfigMap or Secret, in a volume of that name. */
  | { kind: 'files'; source: string; items: Map<string, Uint8Array>; mode: number }
  | { kind: 'memory' }
  /** It was not found, and need not be there. */
  | { kind: 'absent' };

/** The volumes of a pod by name. @throws InvalidKube */
export function podVolumes(
  engine: ContainerEngine,
  sources: readonly KubeVolumeSource[],
  configMaps: readonly ConfigMap[],
): Map<string, KubeVolume> {
  return new Map(
    sources.map((source) => {
      try {
        return [source.name, volumeOf(engine, source, configMaps)];
      } catch (error) {
        throw new InvalidKube(`failed to create volume ${JSON.stringify(source.name)}: ${(error as Error).message}`, { cause: error });
      }
    }),
  );
}

function volumeOf(engine: ContainerEngine, volume: KubeVolumeSource, configMaps: readonly ConfigMap[]): KubeVolume {
  const { hostPath, persistentVolumeClaim, configMap, secret, emptyDir, image, name } = volume;
  if (hostPath) return fromHostPath(hostPath.path, hostPath.type ?? '');
  if (persistentVolumeClaim) return { kind: 'named', source: persistentVolumeClaim.claimName };
  if (configMap) return fromConfigMap(configMap, configMaps);
  if (secret) return fromSecret(engine, secret);
  if (emptyDir !== undefined) return emptyDir?.medium === 'Memory' ? { kind: 'memory' } : { kind: 'emptyDir', source: name };
  if (image) return { kind: 'image', source: image.reference, ...(image.pullPolicy ? { pullPolicy: image.pullPolicy } : {}) };
  throw new InvalidKube('HostPath, ConfigMap, EmptyDir, Secret, and PersistentVolumeClaim are currently the only supported VolumeSource');
}

function fromHostPath(path: string, type: string): KubeVolume {
  switch (type) {
    case 'DirectoryOrCreate':
      mkdirSync(path, { recursive: true, mode: 0o755 });
      break;
    case 'FileOrCreate':
      if (!existsSync(path)) closeSync(openSync(path, 'a', 0o644));
      break;
    case 'Socket':
      if (!statOf(path, 'HostPathSocket').isSocket()) throw new InvalidKube(`checking HostPathSocket: path ${path} is not a socket`);
      break;
    case 'BlockDevice':
      if (!statOf(path, 'HostPathBlockDevice').isBlockDevice())
        throw new InvalidKube(`checking HostPathDevice: path ${path} is not a block device`);
      return { kind: 'device', source: path };
    case 'CharDevice':
      if (!statOf(path, 'HostPathCharDevice').isCharacterDevice())
        throw new InvalidKube(`checking HostPathCharDevice: path ${path} is not a character device`);
      return { kind: 'device', source: path };
    case '':
    case 'Directory':
    case 'File':
      break;
    default:
      throw new InvalidKube(`invalid HostPath type ${type}`);
  }
  if (!path) throw new InvalidKube('in parsing HostPath in YAML: host directory cannot be empty');
  return { kind: 'bind', source: path };
}

function statOf(path: string, what: string): ReturnType<typeof statSync> & object {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new InvalidKube(`checking ${what}: stat ${path}: no such file or directory`);
  return found;
}

function checkMode(mode: number | undefined, what: string): number {
  if (mode === undefined || mode === null) return 0o644;
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777)
    throw new InvalidKube(`invalid DefaultMode for ${what}: must be between 0000 and 0777`);
  return mode;
}

function fromConfigMap(wanted: NonNullable<KubeVolumeSource['configMap']>, configMaps: readonly ConfigMap[]): KubeVolume {
  const mode = checkMode(wanted.defaultMode, `configMap ${JSON.stringify(wanted.name)}`);
  const map = configMaps.find(({ metadata }) => metadata.name === wanted.name);
  if (!map) {
    if (wanted.optional) return { kind: 'absent' };
    throw new InvalidKube(`no such ConfigMap ${JSON.stringify(wanted.name)}`);
  }
  const values = new Map<string, Uint8Array>();
  for (const [key, value] of Object.entries(map.binaryData ?? {})) {
    if (map.data?.[key] !== undefined)
      throw new InvalidKube(
        `the ConfigMap ${JSON.stringify(wanted.name)} is invalid: duplicate key ${JSON.stringify(key)} present in data and binaryData`,
      );
    values.set(key, Buffer.from(value, 'base64'));
  }
  for (const [key, value] of Object.entries(map.data ?? {})) values.set(key, Buffer.from(value));
  return { kind: 'files', source: wanted.name, items: chosen(values, wanted.items), mode };
}

function fromSecret(engine: ContainerEngine, wanted: NonNullable<KubeVolumeSource['secret']>): KubeVolume {
  const mode = checkMode(wanted.defaultMode, `secret ${JSON.stringify(wanted.secretName)}`);
  try {
    return { kind: 'files', source: wanted.secretName, items: chosen(secretValues(engine, wanted.secretName), wanted.items), mode };
  } catch (error) {
    if (wanted.optional) return { kind: 'absent' };
    throw error;
  }
}

/** All values by key, or those that are asked for, by the path that they are to have. */
function chosen(values: Map<string, Uint8Array>, items: { key: string; path: string }[] | undefined): Map<string, Uint8Array> {
  if (!items?.length) return values;
  return new Map(items.flatMap(({ key, path }) => (values.has(key) ? [[path, values.get(key)!] as const] : [])));
}

/** Makes the volume that holds a ConfigMap's or Secret's values, and writes them. What is in the volume cannot lead out of it. */
export function fillVolume(engine: ContainerEngine, { source, items, mode }: Extract<KubeVolume, { kind: 'files' }>): void {
  makeVolume(engine, { name: source }, true);
  const { mountPoint } = volumesOf(engine).lookup(source);
  for (const [path, value] of items) {
    const parts = path.split('/');
    if (path.startsWith('/') || parts.includes('..') || parts.includes(''))
      throw new InvalidKube(`cannot create file ${JSON.stringify(path)} at volume mountpoint ${JSON.stringify(mountPoint)}: invalid path`);
    using root = new Rootfs(mountPoint);
    if (parts.length > 1) root.makeDirectory(parts.slice(0, -1).join('/'), 0o755, 0, 0);
    const fd = root.open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, mode);
    try {
      writeFileSync(fd, value);
      fchmodSync(fd, mode);
    } finally {
      closeSync(fd);
    }
  }
}
