import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isRootless } from '../config/paths.ts';
import { InvalidArgument, InvalidOption } from '../container/create-errors.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { debug, warn } from '../diagnostics.ts';
import { type CgroupValue, legacyLimits, sliceProperties, unifiedLimits } from './cgroup-limits.ts';
import type { Pod } from './pod.ts';

const root = '/sys/fs/cgroup';
const defaultParent = '/libpod_parent';

export const isCgroupV2 = (): boolean => existsSync(join(root, 'cgroup.controllers'));

/** Where the pod's cgroup is to be: below its parent, by the pod's ID; empty where there is none. @throws InvalidArgument */
export function podCgroup(engine: ContainerEngine, id: string, parent: string, own: boolean): { cgroupParent: string; cgroupPath: string } {
  if (engine.conf.containers.cgroups === 'disabled') return { cgroupParent: parent, cgroupPath: '' };
  if (engine.cgroupManager === 'systemd') {
    const slice = parent || (isRootless() ? 'user.slice' : 'machine.slice');
    if (slice.length < 6 || !basename(slice).endsWith('.slice'))
      throw new InvalidArgument('did not receive systemd slice as cgroup parent when using systemd to manage cgroups');
    return { cgroupParent: slice, cgroupPath: own ? join(slice, `${basename(slice, '.slice')}-libpod_pod_${id}.slice`) : '' };
  }
  // On cgroupfs a user cannot make cgroups but below one that was given to him.
  if (isRootless() && (parent === '' || parent === defaultParent)) return { cgroupParent: parent, cgroupPath: '' };
  if (basename(parent).endsWith('.slice')) throw new InvalidArgument('systemd slice received as cgroup parent when using cgroupfs');
  const cgroupParent = parent || defaultParent;
  return { cgroupParent, cgroupPath: own ? join(cgroupParent, id) : '' };
}

/** Makes the pod's cgroup and sets its limits. Repeatable. @param tell of what the kernel lacks  @throws InvalidOption for a limit that it refuses */
export function makePodCgroup(engine: ContainerEngine, pod: Pod, tell: (text: string) => void = warn): void {
  if (pod.cgroupPath === '') return;
  if (engine.cgroupManager === 'systemd') makeSlice(pod);
  else if (!isRootless()) {
    if (isCgroupV2()) makeUnified(pod, tell);
    else makeLegacy(pod, tell);
  }
}

/** systemd makes the slice by itself when the first container comes; only limits have to be told. */
function makeSlice({ cgroupPath, resources }: Pod): void {
  const properties = sliceProperties(resources);
  if (properties.length === 0) return;
  const who = isRootless() ? ['--user'] : [];
  const { exitCode, stderr } = Bun.spawnSync(['systemctl', ...who, 'set-property', '--runtime', basename(cgroupPath), ...properties]);
  if (exitCode !== 0) throw new InvalidOption(`unable to create pod cgroup ${cgroupPath}: ${stderr.toString().trim()}`);
}

function makeUnified({ cgroupPath, resources }: Pod, tell: (text: string) => void): void {
  const limits = unifiedLimits(resources);
  let at = root;
  for (const name of cgroupPath.split('/').filter((part) => part !== '')) {
    enableControllers(at);
    at = join(at, name);
    mkdirSync(at, { recursive: true });
  }
  write(at, limits, tell);
}

/** What a cgroup's children can be limited in is what it passes on. */
function enableControllers(directory: string): void {
  const available = readFileSync(join(directory, 'cgroup.controllers'), 'utf8').trim().split(' ');
  for (const controller of available) {
    try {
      writeFileSync(join(directory, 'cgroup.subtree_control'), `+${controller}`);
    } catch {
      debug(`${directory} does not pass on ${controller}`);
    }
  }
}

function makeLegacy({ cgroupPath, resources }: Pod, tell: (text: string) => void): void {
  const limits = legacyLimits(resources);
  for (const controller of controllers()) {
    let at = join(root, controller);
    for (const name of cgroupPath.split('/').filter((part) => part !== '')) {
      const parent = at;
      at = join(at, name);
      mkdirSync(at, { recursive: true });
      if (controller === 'cpuset') inheritCpuset(parent, at);
    }
    write(
      at,
      limits.filter((limit) => limit.controller === controller),
      tell,
    );
  }
}

/** Hierarchies that are mounted; links are other names of the same. */
function controllers(): string[] {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && existsSync(join(root, entry.name, 'cgroup.procs')) ? [entry.name] : [],
  );
}

/** A new cpuset has no processors at all until it is given some. */
function inheritCpuset(parent: string, child: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (readFileSync(join(child, file), 'utf8').trim() === '') writeFileSync(join(child, file), readFileSync(join(parent, file)));
  }
}

function write(directory: string, values: readonly CgroupValue[], tell: (text: string) => void): void {
  for (const { file, value } of values) {
    if (!existsSync(join(directory, file))) {
      // The block scheduler in use knows no weights, or swap is not accounted: containers run all the same.
      tell(`This kernel cannot limit a cgroup by ${file}: limitation discarded`);
      continue;
    }
    try {
      writeFileSync(join(directory, file), value, { flag: 'r+' });
    } catch (error) {
      throw new InvalidOption(`setting ${file} of ${directory} to ${value}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** Takes away the pod's cgroup with all that is below. What is still busy stays: the next stop, start or removal finds it. */
export function removePodCgroup(engine: ContainerEngine, { cgroupPath }: Pod): void {
  if (cgroupPath === '') return;
  if (engine.cgroupManager === 'systemd') {
    const who = isRootless() ? ['--user'] : [];
    Bun.spawnSync(['systemctl', ...who, 'stop', basename(cgroupPath)], { stdout: 'ignore', stderr: 'ignore' });
    return;
  }
  const places = isCgroupV2() ? [root] : controllers().map((controller) => join(root, controller));
  for (const place of places) removeTree(join(place, cgroupPath));
}

function removeTree(directory: string): void {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) if (entry.isDirectory()) removeTree(join(directory, entry.name));
  try {
    rmdirSync(directory);
  } catch {
    moveAway(directory);
    try {
      rmdirSync(directory);
    } catch (error) {
      debug(`cgroup ${directory} stays: ${(error as Error).message}`);
    }
  }
}

/** What is left are clean-ups under way, which may go on elsewhere: conmon's children, or this process. */
function moveAway(directory: string): void {
  const place = join(dirname(dirname(directory)), 'cleanup');
  try {
    mkdirSync(place, { recursive: true });
    if (basename(dirname(dirname(directory))) !== '' && existsSync(join(place, 'cpuset.cpus'))) inheritCpuset(dirname(place), place);
    for (const pid of readFileSync(join(directory, 'cgroup.procs'), 'utf8').split('\n')) {
      if (pid !== '') writeFileSync(join(place, 'cgroup.procs'), pid);
    }
  } catch (error) {
    debug(`moving processes out of ${directory}: ${(error as Error).message}`);
  }
}
