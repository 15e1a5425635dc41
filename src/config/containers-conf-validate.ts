import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { ContainersConf } from './containers-conf-types.ts';
import { ConfigurationError, ContainersConfError } from './errors.ts';

/** Checks what podman checks when it loads the file.  @throws ContainersConfError with podman's text */
export function validateContainersConf(conf: ContainersConf): void {
  const { containers, engine, network } = conf;
  for (const limit of containers.default_ulimits) {
    if (!/^[a-z]+=-?\d+(:-?\d+)?$|^host$/.test(limit))
      refuse('containers config', `unrecognized ulimit ${limit}: invalid ulimit argument: ${limit}`);
  }
  if (containers.tz !== '' && containers.tz !== 'local') validateTimezone(containers.tz);
  if (containers.umask !== '' && !/^[0-7]+$/.test(containers.umask)) refuse('containers config', `not a valid umask ${containers.umask}`);
  if (containers.interface_name !== '' && containers.interface_name !== 'device') {
    refuse('containers config', `invalid interface_name option ${containers.interface_name}`);
  }
  if (containers.log_path !== '' && !isAbsolute(containers.log_path)) {
    refuse('containers config', `log_path must be an absolute path - instead got "${containers.log_path}"`);
  }
  if (containers.log_size_max >= 0 && containers.log_size_max < 8192) {
    refuse('containers config', 'log size max should be negative or >= 8192');
  }
  if (!/^\d+(\.\d+)?\s?[kmgtpe]?i?b?$/i.test(containers.shm_size)) {
    refuse('containers config', `invalid --shm-size ${containers.shm_size}, "invalid size: '${containers.shm_size}'"`);
  }
  for (const [key, path] of Object.entries({ static_dir: engine.static_dir, tmp_dir: engine.tmp_dir, volume_path: engine.volume_path })) {
    if (path !== '' && !isAbsolute(path)) refuse('engine configs', `${goNames[key]} must be an absolute path - instead got "${path}"`);
  }
  const modes = ['anonymous', 'tmpfs', 'ignore'];
  if (engine.image_volume_mode !== '' && !modes.includes(engine.image_volume_mode)) {
    refuse('engine configs', `invalid image volume mode "${engine.image_volume_mode}" required value: ${modes.join(', ')}`);
  }
  if (!/^(always|missing|ifmissing|never|newer|ifnewer|)$/i.test(engine.pull_policy)) {
    refuse(
      'engine configs',
      `invalid pull type from containers.conf "${engine.pull_policy}": unsupported pull policy "${engine.pull_policy}"`,
    );
  }
  for (const name of Object.keys(engine.runtimes_flags)) {
    if (!(name in engine.runtimes))
      refuse('engine configs', `invalid runtime "${name}" in [engine.runtimes_flags]: not defined in [engine.runtimes]`);
  }
  if (!['', 'netavark'].includes(network.network_backend)) {
    throw new ConfigurationError(
      `cni support is not enabled in this build, only netavark. Got unsupported network backend "${network.network_backend}"`,
    );
  }
  for (const { base, size } of network.default_subnet_pools) {
    const [address, ones] = base.split('/');
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(address ?? ''))
      throw new ContainersConfError(`validating network configs invalid subnet pool ip "${address}"`);
    if (Number(ones) > size)
      throw new ContainersConfError(`validating network configs invalid subnet pool, size is bigger than subnet "${base}"`);
    if (size > 32) throw new ContainersConfError('validating network configs invalid subnet pool size, must be between 0-32');
  }
}

function validateTimezone(tz: string): void {
  const directories = process.env['TZDIR'] ? [process.env['TZDIR']] : ['/usr/share/zoneinfo', '/etc/zoneinfo'];
  if (directories.some((directory) => existsSync(join(directory, tz)))) return;
  refuse('containers config', `find timezone ${tz} in paths: ${directories.join(', ')}`);
}

const goNames: Record<string, string> = { static_dir: 'static directory', tmp_dir: 'temporary directory', volume_path: 'volume path' };

function refuse(section: string, reason: string): never {
  throw new ContainersConfError(`validating ${section}: ${reason}`);
}
