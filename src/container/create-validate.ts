import { statSync } from 'node:fs';
import type { ContainerConfig } from './container.ts';
import { InvalidArgument, InvalidConfiguration, InvalidOption } from './create-errors.ts';
import type { CreateOptions } from './create-options.ts';

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** Names of containers and pods. */
export function validateName(name: string): void {
  if (!namePattern.test(name))
    throw new InvalidOption('running container create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument');
}

/** Checks of values that need nothing else. */
export function validateOptions(options: CreateOptions): void {
  if (options.name) validateName(options.name.replace(/^\//, ''));
  validateTimezone(options.timezone ?? '');
  // It becomes a line of files in the container and of ours.
  if (options.hostname !== undefined && /[\s/\0\x01-\x1f\x7f]/.test(options.hostname))
    throw new InvalidOption(
      `invalid hostname ${JSON.stringify(options.hostname)}: it must not hold white space, slashes or control characters`,
    );
  for (const host of options.addHosts ?? []) {
    if (/[\n\r\0]/.test(host)) throw new InvalidOption(`bad format for add-host: ${JSON.stringify(host)}`);
  }
  for (const entry of [options.passwdEntry, options.groupEntry]) {
    if (entry !== undefined && /[\n\r\0]/.test(entry)) throw new InvalidOption('passwd and group entries cannot contain line breaks');
  }
  for (const [name, value] of Object.entries(options.env ?? {})) {
    if (name.includes('\0') || value.includes('\0')) throw new InvalidOption(`invalid environment variable: ${JSON.stringify(name)}`);
  }
  if (options.image !== '' && options.rootfs)
    throw new InvalidConfiguration('both image and rootfs cannot be simultaneously: invalid configuration');
  if (options.systemd && !['true', 'false', 'always'].includes(options.systemd))
    throw new InvalidConfiguration('--systemd values must be one of "true, false, always": invalid configuration');
  const sdnotify = options.sdnotifyMode ?? '';
  if (!['', 'container', 'conmon', 'ignore', 'healthy'].includes(sdnotify))
    throw new InvalidConfiguration(
      `invalid argument: invalid sdnotify value ${JSON.stringify(sdnotify)}: must be conmon, container, healthy or ignore`,
    );
  const mode = (options.imageVolumeMode ?? '').toLowerCase();
  if (!['', 'ignore', 'tmpfs', 'anonymous'].includes(mode))
    throw new InvalidConfiguration(
      `invalid ImageVolumeMode ${JSON.stringify(options.imageVolumeMode)}, value must be one of ignore,tmpfs,anonymous`,
    );
}

const zoneDirectories = ['/usr/share/zoneinfo', '/usr/share/lib/zoneinfo', '/usr/lib/locale/TZ', '/etc/zoneinfo'];

/** `local`, UTC, or the name of zone data of this host. */
function validateTimezone(name: string): void {
  if (['', 'local', 'UTC'].includes(name)) return;
  if (name.startsWith('/') || name.startsWith('\\') || name.split('/').includes('..'))
    throw new InvalidOption('running container create option: finding timezone: time: invalid location name');
  const directories = process.env['ZONEINFO'] ? [process.env['ZONEINFO'], ...zoneDirectories] : zoneDirectories;
  const isZone = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  if (!directories.some((directory) => isZone(`${directory}/${name}`)))
    throw new InvalidOption(`running container create option: finding timezone: unknown time zone ${name}`);
}

/** Checks of the whole, as libpod makes them. @throws InvalidArgument */
export function validateConfig(config: ContainerConfig): void {
  if (config.cgroups === 'split' && config.cgroupParent !== '')
    throw new InvalidArgument('cannot specify --cgroup-mode=split with a cgroup-parent');
  if (config.cgroups === 'disabled') {
    const { pid } = config.namespaces;
    if (pid.kind === 'container') throw new InvalidArgument("cannot join another container's PID namespace if not creating cgroups");
    if (pid.kind === 'path')
      throw new InvalidArgument('containers not creating Cgroups must create a private PID namespace - cannot use another');
    if (pid.kind !== 'private') throw new InvalidArgument('containers not creating Cgroups must create a private PID namespace');
    if (config.cgroupParent !== '') throw new InvalidArgument('cannot set cgroup parent if not creating cgroups');
  }
  const destinations = new Set<string>();
  for (const { destination } of [...config.namedVolumes, ...config.overlayVolumes, ...config.imageVolumes]) {
    if (destinations.has(destination)) throw new InvalidArgument(`two volumes found with destination ${destination}`);
    destinations.add(destination);
  }
  if (config.initContainerType && !config.pod) throw new InvalidArgument('init containers must be created in a pod');
  if (config.sdnotify.mode === 'ignore' && config.sdnotify.socket)
    throw new InvalidOption(`cannot set sd-notify socket ${JSON.stringify(config.sdnotify.socket)} with sd-notify mode "ignore"`);
  if (config.sdnotify.mode === 'healthy' && !config.healthcheck && !config.startupHealthcheck)
    throw new InvalidOption('invalid argument: sdnotify policy "healthy" requires a healthcheck to be set');
  if (config.healthcheckOnFailure !== 'none' && !config.healthcheck)
    throw new InvalidOption(`cannot set on-failure action to ${config.healthcheckOnFailure} without a health check`);
  if (config.startupHealthcheck && !config.healthcheck)
    throw new InvalidArgument('cannot set a startup healthcheck when there is no regular healthcheck');
  if (['registry', 'image'].includes(config.labels['io.containers.autoupdate'] ?? '')) requireFullName(config.image.rawName);
  if (config.facts.autoRemoveImage) {
    if (!config.autoRemove) throw new InvalidArgument('autoremoving image requires autoremoving the container');
    if (config.rootfs) throw new InvalidArgument('autoremoving image is not possible when a rootfs is in use');
  }
}

/** What is to be updated from a registry must say which. */
function requireFullName(image: string): void {
  const transport = /^(oci|dir|docker-archive|oci-archive|docker-daemon|containers-storage|tarball|sif):/.exec(image)?.[1];
  if (transport !== undefined)
    throw new InvalidOption(`auto updates require the docker image transport but image is of transport ${JSON.stringify(transport)}`);
  if (!/^(docker:\/\/.|localhost\/|[^/]*[.:][^/]*\/)/.test(image))
    throw new InvalidOption(`short name: auto updates require fully-qualified image reference: ${JSON.stringify(image)}`);
}
