import { SelkieError } from '../../errors.ts';
import type { OciRuntime } from '../runtime.ts';

/** Releases of CRIU as it counts them: 3.11.0, and what restores into a pod. */
export const CRIU_FOR_CONTAINERS = 31100;
export const CRIU_FOR_PODS = 31600;

/** CRIU's release as a number, 40201 for 4.2.1. Saving and restoring processes is its work; the runtime calls it. @throws SelkieError */
export function criuVersion(): number {
  if (Bun.which('criu') === null)
    throw new SelkieError('failed to check for criu version: exec: "criu": executable file not found in $PATH');
  const said = Bun.spawnSync(['criu', '--version']).stdout.toString();
  const [, major = 0, minor = 0, patch = 0] = /^Version: (\d+)\.(\d+)(?:\.(\d+))?/m.exec(said) ?? [];
  return Number(major) * 10_000 + Number(minor) * 100 + Number(patch);
}

/** @throws SelkieError where CRIU is missing or too old, or the runtime does not call it */
export function requireCriu(runtime: OciRuntime, least = CRIU_FOR_CONTAINERS): void {
  const version = criuVersion();
  if (version < least) throw new SelkieError(`checkpoint/restore requires at least CRIU ${least}, current version is ${version}`);
  if (Bun.spawnSync([runtime.path, 'checkpoint', '--help']).exitCode !== 0)
    throw new SelkieError('configured runtime does not support checkpoint/restore');
}

/** Whether the runtime can restore into namespaces of a pod: it then knows a flag, and misses its value. */
export function requirePodRestore(runtime: OciRuntime): void {
  const { stdout, stderr } = Bun.spawnSync([runtime.path, 'restore', '--lsm-mount-context']);
  if (!/flag needs an argument|requires an argument/.test(stdout.toString() + stderr.toString()))
    throw new SelkieError(`runtime ${runtime.path} does not support pod restore`);
}

/** Whether kernel and CRIU can tell which memory has changed since the checkpoint before. */
export function tracksMemory(): boolean {
  return Bun.which('criu') !== null && Bun.spawnSync(['criu', 'check', '--feature', 'mem_dirty_track']).exitCode === 0;
}
