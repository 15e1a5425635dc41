import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { warn } from '../../diagnostics.ts';
import type { Container, OverlayVolumeMount } from '../container.ts';
import { DuplicateDestination, InvalidOption } from '../create-errors.ts';
import type { CreateOptions, NamespaceChoice, VolumeChoice } from '../create-options.ts';
import type { OciMount } from '../oci-spec.ts';
import { cleanPath, validateContainerPath } from '../options/volume-options.ts';
import { parseVolumeFlags } from '../options/volumes.ts';
import { initPath } from './command.ts';

export interface UserMountRequest {
  options: CreateOptions;
  /** VOLUMEs of the image; undefined with a rootfs. */
  imageVolumes: readonly string[] | undefined;
  imageVolumeMode: string;
  /** containers.conf's `volumes`. */
  configured: string[];
  pid: NamespaceChoice;
  findInit(): string;
  findContainer(nameOrId: string): Container;
}

export interface UserMounts {
  mounts: OciMount[];
  volumes: VolumeChoice[];
  overlays: OverlayVolumeMount[];
}

/**
 * All mounts that do not belong to every container, by what outweighs what: the image's volumes, those of other containers
 * (`--volumes-from`), the user's and containers.conf's, and tmpfs of a read-only root.
 */
export function collectUserMounts(request: UserMountRequest): UserMounts {
  const { options } = request;
  const mounts = new Map<string, OciMount>();
  const volumes = new Map<string, VolumeChoice>();
  addImageVolumes(request, mounts, volumes);
  for (const entry of options.volumesFrom ?? []) addVolumesFrom(entry, request, mounts, volumes);

  const own = userRequests(request);
  for (const destination of own.mounts.keys()) volumes.delete(destination);
  for (const destination of own.volumes.keys()) mounts.delete(destination);
  for (const destination of own.overlays.keys()) {
    mounts.delete(destination);
    volumes.delete(destination);
  }
  for (const [destination, mount] of own.mounts) mounts.set(destination, mount);
  for (const [destination, volume] of own.volumes) volumes.set(destination, volume);
  checkConflicts(mounts, volumes, own.overlays);
  if (options.readWriteTmpfs) addWritablePlaces(mounts);
  return {
    mounts: [...mounts.values()].map((mount) => (mount.type === 'bind' ? { ...mount, source: resolve(mount.source ?? '') } : { ...mount })),
    volumes: [...volumes.values()],
    overlays: [...own.overlays.values()],
  };
}

function addImageVolumes(request: UserMountRequest, mounts: Map<string, OciMount>, volumes: Map<string, VolumeChoice>): void {
  const mode = request.imageVolumeMode.toLowerCase();
  if (mode === 'ignore') return;
  const options = ['rprivate', 'rw', 'nodev', 'exec'];
  for (const volume of request.imageVolumes ?? []) {
    const destination = cleanPath(volume);
    if (mode === 'tmpfs') mounts.set(destination, { destination, type: 'tmpfs', source: 'tmpfs', options });
    else volumes.set(destination, { name: '', destination, options });
  }
}

function addVolumesFrom(entry: string, request: UserMountRequest, mounts: Map<string, OciMount>, volumes: Map<string, VolumeChoice>): void {
  const colon = entry.indexOf(':');
  const name = colon < 0 ? entry : entry.slice(0, colon);
  const options = colon < 0 ? [] : volumesFromOptions(entry.slice(colon + 1));
  let source: Container;
  try {
    source = request.findContainer(name);
  } catch (error) {
    throw new InvalidOption(`looking up container ${JSON.stringify(name)} for volumes-from: ${(error as Error).message}`, { cause: error });
  }
  const missing = new Set(source.config.userVolumes);
  for (const mount of source.config.spec.mounts ?? []) {
    if (mount.type !== 'bind' || !source.config.userVolumes.includes(mount.destination)) continue;
    missing.delete(mount.destination);
    mounts.set(mount.destination, { ...mount, ...(options.length > 0 ? { options } : {}) });
    volumes.delete(mount.destination);
  }
  for (const volume of source.config.namedVolumes) {
    missing.delete(volume.destination);
    validateContainerPath(volume.destination);
    volumes.set(volume.destination, {
      name: volume.name,
      destination: cleanPath(volume.destination),
      options: options.length > 0 ? options : volume.options,
    });
    mounts.delete(volume.destination);
  }
  for (const destination of missing) warn(`Unable to match volume ${destination} from container ${source.id} for volumes-from`);
}

function volumesFromOptions(text: string): string[] {
  const options = text.split(',');
  for (const option of options) {
    if (!['z', 'ro', 'rw'].includes(option))
      throw new InvalidOption(
        `invalid option ${JSON.stringify(option)} specified - volumes from another container can only use z,ro,rw options`,
      );
  }
  if (options.filter((option) => option === 'z').length > 1) throw new InvalidOption('cannot set :z more than once in mount options');
  if (options.filter((option) => option !== 'z').length > 1) throw new InvalidOption('cannot set ro or rw options more than once');
  return options;
}

interface OwnMounts {
  mounts: Map<string, OciMount>;
  volumes: Map<string, VolumeChoice>;
  overlays: Map<string, OverlayVolumeMount>;
}

/** What the user asked for, then containers.conf's where the user left the place free, then the init program. */
function userRequests(request: UserMountRequest): OwnMounts {
  const { options } = request;
  const own: OwnMounts = { mounts: new Map(), volumes: new Map(), overlays: new Map() };
  const conflict = 'conflict in specified volumes - multiple volumes at ';
  for (const mount of options.mounts ?? []) put(own.mounts, mount.destination, mount, '');
  for (const volume of options.volumes ?? []) put(own.volumes, volume.destination, volume, conflict);
  for (const overlay of options.overlayVolumes ?? []) put(own.overlays, overlay.destination, overlay, conflict);
  if (request.configured.length > 0) {
    const configured = parseVolumeFlags(request.configured);
    for (const [destination, mount] of configured.binds)
      if (!own.mounts.has(cleanPath(destination))) put(own.mounts, destination, mount, '');
    for (const [destination, volume] of configured.volumes)
      if (!own.volumes.has(cleanPath(destination))) put(own.volumes, destination, volume, '');
    for (const [destination, overlay] of configured.overlays)
      if (!own.overlays.has(cleanPath(destination))) put(own.overlays, destination, overlay, '');
  }
  if (options.init) {
    const mount = initMount(request);
    if (own.mounts.has(mount.destination))
      throw new InvalidOption(`conflict with mount added by --init to ${JSON.stringify(mount.destination)}: duplicate mount destination`);
    own.mounts.set(mount.destination, mount);
  }
  return own;
}

function put<T>(into: Map<string, T>, destination: string, entry: T, prefix: string): void {
  validateContainerPath(destination);
  const clean = cleanPath(destination);
  if (into.has(clean)) throw new DuplicateDestination(`${prefix}${JSON.stringify(clean)}`);
  into.set(clean, entry);
}

function initMount({ options, pid, findInit }: UserMountRequest): OciMount {
  const path = options.initPath || findInit();
  if (pid.kind !== 'private') throw new InvalidOption("cannot add init binary as PID 1 (PID namespace isn't private)");
  if (options.systemd === 'always') throw new InvalidOption('cannot use container-init binary with systemd=always');
  if (!existsSync(path))
    throw new InvalidOption(`container-init binary not found on the host: faccessat ${path}: no such file or directory`);
  return { destination: initPath, type: 'bind', source: path, options: ['bind', 'ro'] };
}

function checkConflicts(
  mounts: Map<string, OciMount>,
  volumes: Map<string, VolumeChoice>,
  overlays: Map<string, OverlayVolumeMount>,
): void {
  for (const destination of mounts.keys()) {
    if (volumes.has(destination)) throw new DuplicateDestination(`baseMounts conflict at mount destination ${destination}`);
    if (overlays.has(destination))
      throw new DuplicateDestination(`baseMounts conflict with overlay mount at mount destination ${destination}`);
  }
  for (const destination of volumes.keys()) {
    if (overlays.has(destination))
      throw new DuplicateDestination(`baseVolumes conflict with overlay mount at mount destination ${destination}`);
  }
}

function addWritablePlaces(mounts: Map<string, OciMount>): void {
  for (const destination of ['/tmp', '/var/tmp', '/run']) {
    if (!mounts.has(destination))
      mounts.set(destination, { destination, type: 'tmpfs', source: 'tmpfs', options: ['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup'] });
  }
}
