import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { release } from 'node:os';
import { join, normalize } from 'node:path';
import { warn } from '../diagnostics.ts';
import { findInPath } from '../os/executables.ts';
import { ConfigurationError } from './errors.ts';
import { configHome, dataHome, isRootless, rootlessUid, runtimeDir } from './paths.ts';
import { driverOptionsOf, type StorageSection } from './storage-conf-options.ts';
import { readTomlFile, type TomlTable } from './toml-file.ts';

/** Where a store is and how its driver works: storage.conf, environment and command line taken together. */
export interface StoreOptions {
  graphRoot: string;
  runRoot: string;
  driver: 'overlay' | 'vfs';
  /** Options of the driver without prefix, e.g. `mountopt`, `mount_program`, `ignore_chown_errors`. */
  driverOptions: Record<string, string>;
  /** As `podman info` lists them: `overlay.mountopt=nodev`. */
  graphOptions: string[];
  imageStore?: string;
  additionalImageStores: string[];
  additionalLayerStores: string[];
  transientStore: boolean;
  pullOptions: Record<string, string>;
  rootless: boolean;
  disableVolatile: boolean;
  autoUsernsUser: string;
  autoUsernsMinSize: number;
  autoUsernsMaxSize: number;
  /** The storage.conf that was read, or would be. */
  configFile: string;
}

/** What the command line says about the store; undefined means not given. */
export interface StoreOverrides {
  root?: string;
  runroot?: string;
  imagestore?: string;
  storageDriver?: string;
  storageOpts?: string[];
  transientStore?: boolean;
}

/**
 * The options of the store to open. Reads at most one storage.conf; without one nothing is parsed.
 * @throws ConfigurationError
 */
export function resolveStoreOptions(overrides: StoreOverrides = {}): StoreOptions {
  const rootless = isRootless();
  const configFile = storageConfFile(rootless);
  const section = readStorageSection(configFile);
  const graphRoot = overrides.root ? absolute(overrides.root) : expand(section.graphroot ?? defaultGraphRoot(section, rootless));
  const runRoot = overrides.runroot ? absolute(overrides.runroot) : expand(section.runroot ?? defaultRunRoot(rootless));
  const driver = chooseDriver(
    overrides.storageDriver ?? (process.env['STORAGE_DRIVER'] || section.driver || ''),
    section,
    graphRoot,
    rootless,
  );
  const graphOptions = graphOptionsOf(driver, section, overrides, rootless);
  const imageStore = overrides.imagestore ?? section.imagestore ?? section.options?.imagestore;
  if (imageStore && imageStore === graphRoot) {
    throw new ConfigurationError(`imagestore ${imageStore} must either be not set or be a different than graphroot`);
  }
  const { options, imageStores, layerStores } = splitGraphOptions(driver, graphOptions);
  return {
    graphRoot,
    runRoot,
    driver,
    driverOptions: options,
    graphOptions,
    imageStore: imageStore || undefined,
    additionalImageStores: imageStores,
    additionalLayerStores: layerStores,
    transientStore: overrides.transientStore ?? section.transient_store ?? false,
    pullOptions: section.options?.pull_options ?? {},
    rootless,
    disableVolatile: section.options?.['disable-volatile'] ?? false,
    autoUsernsUser: section.options?.['root-auto-userns-user'] ?? '',
    autoUsernsMinSize: section.options?.['auto-userns-min-size'] ?? 1024,
    autoUsernsMaxSize: section.options?.['auto-userns-max-size'] ?? 65536,
    configFile,
  };
}

function storageConfFile(rootless: boolean): string {
  const given = process.env['CONTAINERS_STORAGE_CONF'];
  if (given !== undefined) return given;
  const home = join(configHome(), 'containers/storage.conf');
  const candidates = [
    ...(rootless || process.env['XDG_CONFIG_HOME'] ? [home] : []),
    '/etc/containers/storage.conf',
    '/usr/share/containers/storage.conf',
  ];
  return candidates.find((path) => existsSync(path)) ?? (rootless ? home : '/usr/share/containers/storage.conf');
}

function readStorageSection(path: string): StorageSection {
  let table: TomlTable;
  try {
    table = readTomlFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new ConfigurationError(`decode configuration "${path}": toml: ${(error as Error).message.split('\n')[0]}`, { cause: error });
    }
    if (process.env['CONTAINERS_STORAGE_CONF'] === undefined) return {};
    throw new ConfigurationError(`open ${path}: no such file or directory`, { cause: error });
  }
  const section = (table['storage'] ?? {}) as TomlTable;
  for (const key of ['driver', 'graphroot', 'runroot', 'imagestore', 'rootless_storage_path']) {
    if (section[key] === '') delete section[key];
    const found = section[key];
    if (found === undefined || typeof found === 'string') continue;
    throw new ConfigurationError(
      `decode configuration "${path}": toml: (last key "storage.${key}"): incompatible types: TOML value has type ${typeof found === 'number' ? 'int64' : typeof found}; destination has type string`,
    );
  }
  return section as StorageSection;
}

function defaultGraphRoot(section: StorageSection, rootless: boolean): string {
  if (!rootless) return '/var/lib/containers/storage';
  return section.rootless_storage_path ?? join(dataHome(), 'containers/storage');
}

const defaultRunRoot = (rootless: boolean): string => (rootless ? join(runtimeDir(), 'containers') : '/run/containers/storage');

function absolute(path: string): string {
  return path.startsWith('/') ? normalize(path).replace(/(.)\/$/, '$1') : join(process.cwd(), path);
}

function expand(path: string): string {
  const expanded = path
    .replaceAll('$UID', String(rootlessUid()))
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced: string, bare: string) => process.env[braced ?? bare] ?? '');
  try {
    return realpathSync(expanded);
  } catch {
    return absolute(expanded);
  }
}

/** The named driver, else the one that the store already has, else overlay where it can work. */
function chooseDriver(name: string, section: StorageSection, graphRoot: string, rootless: boolean): 'overlay' | 'vfs' {
  if (name === 'overlay2') warn('Switching default driver from overlay2 to the equivalent overlay driver');
  const known = knownDriver(name);
  if (known !== undefined) return known;
  if (name !== '') throw new UnsupportedDriver(name, graphRoot);
  for (const wanted of section.driver_priority ?? []) {
    const usable = knownDriver(wanted);
    if (usable !== undefined) return usable;
  }
  return priorDriver(graphRoot) ?? (!rootless || rootlessOverlayUsable() ? 'overlay' : 'vfs');
}

/** A storage driver that selkie does not have. */
export class UnsupportedDriver extends ConfigurationError {
  constructor(
    readonly driver: string,
    readonly graphRoot: string,
  ) {
    super(`configure storage: failed to GetDriver graph ${driver} ${graphRoot}: driver not supported`);
  }
}

function knownDriver(name: string): 'overlay' | 'vfs' | undefined {
  if (name === 'overlay' || name === 'overlay2') return 'overlay';
  return name === 'vfs' ? 'vfs' : undefined;
}

function priorDriver(graphRoot: string): 'overlay' | 'vfs' | undefined {
  try {
    const drivers = readdirSync(graphRoot)
      .filter((entry) => entry.endsWith('-images'))
      .map((entry) => knownDriver(entry.slice(0, -'-images'.length)));
    return drivers.find((driver) => driver === 'overlay') ?? drivers.find((driver) => driver !== undefined);
  } catch {
    return undefined;
  }
}

/** As containers/storage guesses before it is in the user namespace: fuse-overlayfs installed, or a kernel from 5.13. */
function rootlessOverlayUsable(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 13) || findInPath('fuse-overlayfs') !== undefined;
}

function graphOptionsOf(driver: string, section: StorageSection, overrides: StoreOverrides, rootless: boolean): string[] {
  const environment = process.env['STORAGE_OPTS'];
  let options = driverOptionsOf(driver, section);
  if (environment) options = rootless ? [...options, ...environment.split(',')] : environment.split(',');
  if (overrides.storageDriver !== undefined) options = [];
  const given = overrides.storageOpts;
  if (given === undefined || given.length === 0) return options;
  return given.length === 1 && given[0] === '' ? [] : [...options, ...given];
}

/** An option that the driver does not know. */
export class UnknownDriverOption extends ConfigurationError {
  constructor(
    readonly key: string,
    readonly option: string,
  ) {
    super(`configure storage: unknown option "${key}" ("${option}")`);
  }
}

const overlayKeys = new Set([
  'override_kernel_check',
  'mountopt',
  'size',
  'inodes',
  'mount_program',
  'skip_mount_home',
  'ignore_chown_errors',
  'force_mask',
  'use_composefs',
  'sync',
]);

function splitGraphOptions(driver: string, graphOptions: readonly string[]) {
  const options: Record<string, string> = {};
  const imageStores: string[] = [];
  const layerStores: string[] = [];
  for (const option of graphOptions) {
    const at = option.indexOf('=');
    if (at < 0) throw new ConfigurationError(`configure storage: unable to parse key/value option: "${option}"`);
    const key = option
      .slice(0, at)
      .toLowerCase()
      .replace(/^(overlay2?|vfs)?\./, '');
    const value = option.slice(at + 1);
    if (key === 'imagestore' || key === 'additionalimagestore') imageStores.push(...value.split(',').filter(Boolean));
    else if (key === 'additionallayerstore') layerStores.push(value);
    else if (driver === 'vfs' ? key === 'ignore_chown_errors' || key === 'sync' || key.endsWith('mountopt') : overlayKeys.has(key))
      options[key] = value;
    else throw new UnknownDriverOption(key, option);
  }
  return { options, imageStores, layerStores };
}
