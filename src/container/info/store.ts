import { mkdirSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreOptions } from '../../config/storage-conf.ts';
import { programFacts } from './programs.ts';

const fileSystems = new Map<number, string>([
  [0xef53, 'extfs'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
  [0x6969, 'nfs'],
  [0x794c7630, 'overlayfs'],
  [0x2fc12fc1, 'zfs'],
  [0x65735546, 'fuse'],
  [0xf2f52010, 'f2fs'],
  [0x00c36400, 'cephfs'],
  [0xff534d42, 'cifs'],
]);

/** Size and use of the file system that the store is on, in bytes. */
export function graphRootUsage(graphRoot: string): { allocated: number; used: number; fileSystem: string } {
  mkdirSync(graphRoot, { recursive: true, mode: 0o700 });
  const { bsize, blocks, bfree, type } = statfsSync(graphRoot);
  return { allocated: bsize * blocks, used: bsize * (blocks - bfree), fileSystem: fileSystems.get(type >>> 0) ?? '<unknown>' };
}

/** What the storage driver says of itself; features are those that containers/storage found out and left as files in the runroot. */
export function graphStatus(options: StoreOptions, fileSystem: string): Record<string, string> {
  if (options.driver === 'vfs') return {};
  const probes = driverProbes(options);
  const mountProgram = 'mount_program' in options.driverOptions;
  const metacopy = /(^|,)metacopy=on(,|$)/.test(options.driverOptions['mountopt'] ?? '');
  return {
    'Backing Filesystem': fileSystem,
    'Native Overlay Diff': String(!mountProgram && !metacopy && !probes.some((name) => /^native-diff.*-false$/.test(name))),
    'Supports d_type': 'true',
    'Supports shifting': String(
      mountProgram || probes.includes('idmapped-lower-dir-true') || (!options.rootless && !probes.includes('idmapped-lower-dir-false')),
    ),
    'Supports volatile': String(!mountProgram && !probes.includes('volatile-false')),
    'Using metacopy': String(metacopy),
  };
}

function driverProbes(options: StoreOptions): string[] {
  try {
    return readdirSync(join(options.runRoot, 'overlay'));
  } catch {
    return [];
  }
}

/** The driver's options as `info` shows them: a mount program with its version, additional stores as a list. */
export async function graphOptions(options: StoreOptions): Promise<Record<string, unknown>> {
  const shown: Record<string, unknown> = {};
  for (const option of options.graphOptions) {
    const at = option.indexOf('=');
    const key = option.slice(0, at);
    const value = option.slice(at + 1);
    if (key.endsWith('mount_program')) {
      const { path, version, package: owner } = await programFacts(value);
      shown[key] = { Executable: path, Package: owner, Version: version };
      continue;
    }
    if (key.endsWith('imagestore')) {
      const list = key.replace('imagestore', 'additionalImageStores');
      shown[list] = [...((shown[list] as string[] | undefined) ?? []), value];
    }
    shown[key] = value;
  }
  return shown;
}
