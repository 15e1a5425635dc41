import { existsSync, mkdirSync } from 'node:fs';
import type { StoreOptions } from '../../config/storage-conf.ts';
import { MS_NOATIME, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from '../../os/mount.ts';
import type { DriverMountOptions } from './driver.ts';
import { LayerMissing } from './errors.ts';

/** What mounting needs to know of the overlay driver. */
export interface OverlayLayers {
  readonly options: StoreOptions;
  readonly home: string;
  readonly runHome: string;
  readonly mountProgram: string | undefined;
  readonly forcedMask: number | undefined;
  directoryOf(id: string): string;
  isInOtherStore(directory: string): boolean;
  lowerDirectories(id: string): string[];
}

export interface OverlayMount {
  target: string;
  lowers: string[];
  /** undefined: read-only */
  upper?: string;
  work?: string;
  flags: number;
  /** Other options, e.g. `volatile`, `context="…"`. */
  extra: string[];
}

/** What is to be mounted for a layer, and how. */
export function planMount(driver: OverlayLayers, id: string, options: DriverMountOptions): OverlayMount {
  const directory = driver.directoryOf(id);
  const isForeign = driver.isInOtherStore(directory) && directory !== `${driver.options.imageStore}/overlay/${id}`;
  const wanted = mountOptionsOf(driver, options);
  const { flags, extra } = splitFlags(wanted);
  const readOnly = options.readOnly === true || isForeign || (flags & MS_RDONLY) !== 0;
  const target = mountPointOf(driver, id, directory);
  if (target.startsWith(driver.runHome)) mkdirSync(target, { recursive: true, mode: 0o700 });
  const own = numberedDiffs(directory);
  const lowers = [...own, ...driver.lowerDirectories(id).flatMap((lower) => [existing(`${lower}/diff`), ...numberedDiffs(lower)])];
  if (lowers.length === 0) lowers.push(`${directory}/empty`);
  if (driver.options.rootless && driver.mountProgram === undefined) extra.push('userxattr');
  if (options.volatile === true && !readOnly && !extra.includes('volatile')) extra.push('volatile');
  if (options.label) extra.push(`context=${JSON.stringify(options.label)}`);
  const base = { target, flags: flags & ~MS_RDONLY, extra };
  if (readOnly) return { ...base, lowers: [`${directory}/diff`, ...lowers] };
  return { ...base, lowers, upper: `${directory}/diff`, work: `${directory}/work` };
}

function mountOptionsOf(driver: OverlayLayers, options: DriverMountOptions): string[] {
  const configured = driver.options.driverOptions['mountopt']?.split(',').filter(Boolean) ?? [];
  if (options.options === undefined || options.options.length === 0) return configured;
  const needsMetacopy = configured.includes('metacopy=on') && !options.options.includes('metacopy=on');
  return needsMetacopy ? [...options.options, 'metacopy=on'] : options.options;
}

const flagOptions: Record<string, number> = { ro: MS_RDONLY, nosuid: MS_NOSUID, nodev: MS_NODEV, noexec: MS_NOEXEC, noatime: MS_NOATIME };
const noFlags = new Set(['rw', 'suid', 'dev', 'exec', 'atime', 'defaults', 'relatime']);

function splitFlags(options: string[]): { flags: number; extra: string[] } {
  let flags = 0;
  const extra: string[] = [];
  for (const option of options) {
    const flag = flagOptions[option];
    if (flag !== undefined) flags |= flag;
    else if (!noFlags.has(option)) extra.push(option);
  }
  return { flags, extra };
}

/** `merged` in the layer's own directory; below the run root for a layer of a store that is not ours to write. */
export function mountPointOf(driver: OverlayLayers, id: string, directory: string): string {
  return driver.isInOtherStore(directory) ? `${driver.runHome}/${id}/merged` : `${directory}/merged`;
}

/** diff1, diff2 …: copies with other owners that lie right below a layer's diff. */
function numberedDiffs(directory: string): string[] {
  const found: string[] = [];
  for (let number = 1; existsSync(`${directory}/diff${number}`); number++) found.push(`${directory}/diff${number}`);
  return found;
}

function existing(path: string): string {
  if (!existsSync(path)) throw new LayerMissing(path);
  return path;
}

/** As mount(2) takes it; also what a mount program gets with -o. */
export function mountData(plan: OverlayMount): string {
  const upper = plan.upper === undefined ? [] : [`upperdir=${plan.upper}`, `workdir=${plan.work}`];
  return [`lowerdir=${plan.lowers.join(':')}`, ...upper, ...plan.extra].join(',');
}
