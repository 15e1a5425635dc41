import type { Container, NamedVolumeMount } from './container.ts';
import { volumesOf } from './container-volumes.ts';
import type { ContainerEngine } from './engine.ts';
import type { OciMount, OciSpec } from './oci-spec.ts';

const propagations = ['shared', 'slave', 'private', 'rshared', 'rslave', 'rprivate', 'unbindable', 'runbindable'];

/** The user's volumes and mounts, in the order in which they were given. */
export function userVolumesOf({ config }: Container, spec: OciSpec): { volumes: NamedVolumeMount[]; mounts: OciMount[] } {
  const volumes = new Map(config.namedVolumes.map((volume) => [volume.destination, volume]));
  const mounts = new Map((spec.mounts ?? []).map((mount) => [mount.destination, mount]));
  const found = { volumes: [] as NamedVolumeMount[], mounts: [] as OciMount[] };
  for (const destination of config.userVolumes) {
    const volume = volumes.get(destination);
    const mount = mounts.get(destination);
    if (volume !== undefined) found.volumes.push(volume);
    else if (mount !== undefined) found.mounts.push(mount);
  }
  return found;
}

/** inspect's Mounts: named volumes, images and binds; tmpfs mounts are not shown. */
export function inspectMounts(engine: ContainerEngine, container: Container, spec: OciSpec): object[] {
  if (container.config.userVolumes.length === 0) return [];
  const { volumes, mounts } = userVolumesOf(container, spec);
  return [
    ...volumes.map((volume) => {
      const record = volumesOf(engine).get(volume.name);
      return {
        Type: 'volume',
        Name: volume.name,
        Source: record?.mountPoint ?? '',
        Destination: volume.destination,
        Driver: record?.driver ?? 'local',
        ...optionsOf(volume.options),
        ...(volume.subPath ? { SubPath: volume.subPath } : {}),
      };
    }),
    ...container.config.imageVolumes.map((volume) => ({
      Type: 'image',
      Source: volume.source,
      Destination: volume.destination,
      Driver: '',
      Mode: '',
      Options: null,
      RW: volume.readWrite,
      Propagation: '',
      ...(volume.subPath ? { SubPath: volume.subPath } : {}),
    })),
    ...mounts
      .filter(({ type }) => type !== 'tmpfs')
      .map(({ source, destination, options }) => ({
        Type: 'bind',
        Source: source ?? '',
        Destination: destination,
        Driver: '',
        ...optionsOf(options ?? []),
      })),
  ];
}

function optionsOf(options: readonly string[]): object {
  return {
    Mode: options.filter((option) => option === 'z' || option === 'Z').at(-1) ?? '',
    Options: options.filter((option) => !['ro', 'rw', 'z', 'Z', ...propagations].includes(option)),
    RW: !options.includes('ro'),
    Propagation: options.filter((option) => propagations.includes(option)).at(-1) ?? '',
  };
}
