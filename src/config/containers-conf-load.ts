import { existsSync, readdirSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { warn } from '../diagnostics.ts';
import { findInPath, firstExecutable } from '../os/executables.ts';
import { defaultContainersConf } from './containers-conf-defaults.ts';
import type { ContainersConf } from './containers-conf-types.ts';
import { validateContainersConf } from './containers-conf-validate.ts';
import { ContainersConfError } from './errors.ts';
import { configHome, isRootless, rootlessUid } from './paths.ts';
import { readTomlFile, type TomlTable, type TomlValue } from './toml-file.ts';

const usr = '/usr/share/containers/containers.conf';
const etc = '/etc/containers/containers.conf';

let cached: ContainersConf | undefined;
let requestedModules: readonly string[] = [];

/** Names the modules (`--module`) that the next load merges over the files. Call before the first load. */
export function useConfigModules(modules: readonly string[]): void {
  if (modules.length === 0) return;
  requestedModules = modules;
  cached = undefined;
}

/** The merged containers.conf of this user; read once, treat as read-only.  @throws ContainersConfError */
export function loadContainersConf(): ContainersConf {
  cached ??= load();
  return cached;
}

/** Forgets what was read, for long-running services and tests. */
export function reloadContainersConf(): ContainersConf {
  cached = undefined;
  return loadContainersConf();
}

function load(): ContainersConf {
  const conf = defaultContainersConf();
  for (const path of configFiles()) mergeFile(conf, path, 'system');
  conf.modules = requestedModules.map(resolveModule);
  for (const path of conf.modules) mergeFile(conf, path, 'additional');
  const override = process.env['CONTAINERS_CONF_OVERRIDE'];
  if (override) mergeFile(conf, override, 'CONTAINERS_CONF_OVERRIDE');
  conf.containers.default_capabilities = conf.containers.default_capabilities.map((name) =>
    /^cap_/i.test(name) ? name : `CAP_${name.toUpperCase()}`,
  );
  conf.engine.runtime ||= findDefaultRuntime(conf);
  validateContainersConf(conf);
  exportEnvironment(conf.engine.env);
  return conf;
}

/** The files to merge, in order; those that are missing are skipped when read. */
function configFiles(): string[] {
  const only = process.env['CONTAINERS_CONF'];
  if (only) {
    if (!existsSync(only)) {
      throw new ContainersConfError(`finding config on system: CONTAINERS_CONF file: faccessat ${only}: no such file or directory`);
    }
    return [only];
  }
  const home = join(configHome(), 'containers/containers.conf');
  const rootless = join(dirname(etc), 'containers.rootless.conf');
  const perUser = isRootless() ? [rootless, ...dropIns(`${rootless}.d`), ...dropIns(`${rootless}.d/${rootlessUid()}`)] : [];
  return [usr, etc, ...dropIns(`${etc}.d`), ...perUser, home, ...dropIns(`${home}.d`)].filter((path) => existsSync(path));
}

function dropIns(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** Where `--module NAME` is looked for, first match wins. */
export function moduleDirectories(): string[] {
  const home = join(configHome(), 'containers/containers.conf');
  return [...(isRootless() ? [`${home}.modules`] : []), `${etc}.modules`, `${usr}.modules`];
}

function resolveModule(name: string): string {
  const candidates = isAbsolute(name) ? [name] : moduleDirectories().map((directory) => join(directory, name));
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const failures = candidates.map((path) => `faccessat ${path}: no such file or directory`);
  const reason = failures.length === 1 ? failures[0] : `${failures.length} errors occurred:\n\t* ${failures.join('\n\t* ')}\n\n`;
  throw new ContainersConfError(`could not resolve module "${name}": ${reason}`);
}

function mergeFile(conf: ContainersConf, path: string, kind: string): void {
  let table: TomlTable;
  try {
    table = readTomlFile(path);
    mergeTable(conf as unknown as TomlTable, table);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    const what = `reading ${kind} config "${path}": decode configuration ${path}`;
    if (code === 'EISDIR') throw new ContainersConfError(`${what}: read ${path}: is a directory`);
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new ContainersConfError(`${what}: toml: ${reason}`, { cause: error });
  }
}

const openTables = new Set([
  'runtimes',
  'runtimes_flags',
  'platform_to_oci_runtime',
  'service_destinations',
  'volume_plugins',
  'opts',
  'list',
  'machine',
]);

function mergeTable(target: TomlTable, source: TomlTable, path = ''): void {
  for (const [key, value] of Object.entries(source)) {
    const where = path === '' ? key : `${path}.${key}`;
    const known = target[key];
    if (!(key in target)) {
      // Keys that podman does not know are passed over in silence, as it does; in open tables every key is welcome.
      const table = path.slice(path.lastIndexOf('.') + 1);
      if (openTables.has(table)) target[key] = value;
    } else if (isTable(value)) {
      if (!isTable(known))
        throw new TypeError(`(last key "${where}"): incompatible types: TOML value has type map; destination has type ${kindOf(known)}`);
      mergeTable(known, value, where);
    } else if (known !== undefined && kindOf(known) !== kindOf(value) && !(where === 'engine.events_logfile_max_size')) {
      throw new TypeError(
        `(last key "${where}"): incompatible types: TOML value has type ${goKind(value)}; destination has type ${kindOf(known)}`,
      );
    } else {
      target[key] =
        Array.isArray(value) && Array.isArray(known) ? mergeArray(known, value) : typeof value === 'bigint' ? Number(value) : value;
    }
  }
}

/** Lists that were told to grow: later files that say nothing of it add to them too. */
const growing = new WeakSet<TomlValue[]>();

/** `["a", {append=true}]` adds to what earlier files said; without it a later file's list replaces the earlier one. */
function mergeArray(before: TomlValue[], now: TomlValue[]): TomlValue[] {
  const attributes = now.filter((item) => isTable(item) && typeof item['append'] === 'boolean') as TomlTable[];
  const values = now.filter((item) => !attributes.includes(item as TomlTable));
  if (!(attributes.at(-1)?.['append'] ?? growing.has(before))) return values;
  const merged = [...before, ...values];
  growing.add(merged);
  return merged;
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

function kindOf(value: TomlValue | undefined): string {
  if (Array.isArray(value)) return 'slice';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

const goKind = (value: TomlValue): string => ({ number: 'int64', boolean: 'bool' })[kindOf(value)] ?? kindOf(value);

function findDefaultRuntime(conf: ContainersConf): string {
  return (
    ['crun', 'runc', 'runj', 'kata', 'runsc', 'ocijail'].find(
      (name) => firstExecutable(conf.engine.runtimes[name] ?? []) !== undefined || findInPath(name) !== undefined,
    ) ?? ''
  );
}

function exportEnvironment(entries: readonly string[]): void {
  for (const entry of entries) {
    const at = entry.indexOf('=');
    if (at < 0) warn(`invalid environment variable for engine ${entry}, valid configuration is KEY=value pair`);
    else process.env[entry.slice(0, at)] ??= entry.slice(at + 1);
  }
}
