import { rmSync } from 'node:fs';
import { OsError } from '../../os/libc.ts';
import { isMountPoint, MS_BIND, MS_PRIVATE, mount, mountWithOptions } from '../../os/mount.ts';
import { MountFailed } from '../errors.ts';
import type { DriverMountOptions } from './driver.ts';
import { withShiftedIds } from './id-shifting.ts';
import { runMountProgram } from './mount-program.ts';
import { mountData, type OverlayLayers, type OverlayMount, planMount } from './overlay-plan.ts';

/** mount(2) takes at most a page of options. */
const PAGE = 4096;

/** Stacks a layer and all below it. @returns where. The caller counts mounts: this one mounts anew. */
export function mountOverlay(driver: OverlayLayers, id: string, options: DriverMountOptions): string {
  keepHomePrivate(driver);
  const plan = planMount(driver, id, options);
  if (plan.work !== undefined) {
    // The kernel refuses a work directory whose last volatile mount was not ended in order.
    rmSync(`${plan.work}/work/incompat/volatile`, { recursive: true, force: true });
  }
  const maps = options.idMappings;
  if (driver.mountProgram !== undefined) runMountProgram(driver, plan, options);
  else if (maps === undefined) mountNatively(driver.home, plan);
  else withShiftedIds(driver, id, plan, maps, (shifted) => mountNatively(driver.home, shifted));
  return plan.target;
}

/** Mounts below `overlay/` must not reach other mount namespaces, where they would keep layers busy. */
function keepHomePrivate(driver: OverlayLayers): void {
  if (driver.options.driverOptions['skip_mount_home'] === 'true' || isMountPoint(driver.home)) return;
  mount(driver.home, driver.home, '', MS_BIND);
  mount('', driver.home, '', MS_PRIVATE);
}

function mountNatively(home: string, plan: OverlayMount): void {
  try {
    tryMount(home, plan);
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    const simpler = withoutOptional(plan);
    if (simpler === undefined || error.code !== 'EINVAL') throw new MountFailed(plan.target, mountData(plan), { cause: error });
    mountNatively(home, simpler);
  }
}

/** Options that an older kernel may not know and that only make things faster. */
function withoutOptional(plan: OverlayMount): OverlayMount | undefined {
  const dispensable = plan.extra.find((option) => option === 'volatile' || option === 'metacopy=on');
  return dispensable === undefined ? undefined : { ...plan, extra: plan.extra.filter((option) => option !== dispensable) };
}

function tryMount(home: string, plan: OverlayMount): void {
  const data = mountData(plan);
  if (data.length < PAGE) {
    mount('overlay', plan.target, 'overlay', plan.flags, data);
    return;
  }
  try {
    mountByParts(home, plan);
  } catch (error) {
    if (!(error instanceof OsError) || (error.code !== 'ENOSYS' && error.code !== 'EINVAL')) throw error;
    mountRelatively(home, plan);
  }
}

const MAX_PARAMETER = 255;

/** Kernel 6.5 and later: each lower directory is given alone, so that their number has no limit but overlay's own 500. */
function mountByParts(home: string, plan: OverlayMount): void {
  const parts: [string, string?][] = plan.lowers.map((lower) => ['lowerdir+', lower]);
  if (plan.upper !== undefined) parts.push(['upperdir', plan.upper], ['workdir', plan.work]);
  for (const option of plan.extra) {
    const at = option.indexOf('=');
    parts.push(at < 0 ? [option] : [option.slice(0, at), option.slice(at + 1).replace(/^"(.*)"$/, '$1')]);
  }
  const isLong = parts.some(([, value]) => value !== undefined && value.length > MAX_PARAMETER);
  if (!isLong) {
    mountWithOptions('overlay', 'overlay', plan.target, parts, plan.flags);
    return;
  }
  const relative = parts.map(([name, value]): [string, string?] => [name, value === undefined ? undefined : relativeTo(home, value)]);
  inDirectory(home, () => mountWithOptions('overlay', 'overlay', plan.target, relative, plan.flags));
}

/** Older kernels: shorter, relative paths, through the links that the layers have for this. */
function mountRelatively(home: string, plan: OverlayMount): void {
  const shorten = (path: string): string => relativeTo(home, path);
  const relative = {
    ...plan,
    lowers: plan.lowers.map(shorten),
    upper: plan.upper && shorten(plan.upper),
    work: plan.work && shorten(plan.work),
  };
  inDirectory(home, () => mount('overlay', plan.target, 'overlay', plan.flags, mountData(relative)));
}

const relativeTo = (home: string, path: string): string => (path.startsWith(`${home}/`) ? path.slice(home.length + 1) : path);

function inDirectory(directory: string, step: () => void): void {
  const before = process.cwd();
  process.chdir(directory);
  try {
    step();
  } finally {
    process.chdir(before);
  }
}
