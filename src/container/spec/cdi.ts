import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../../errors.ts';
import type { OciHook, OciSpec } from '../oci-spec.ts';
import { deviceAt } from './devices.ts';

/** Edits that a CDI file asks for, Container Device Interface 0.8. */
interface ContainerEdits {
  env?: string[];
  deviceNodes?: {
    path: string;
    hostPath?: string;
    type?: string;
    major?: number;
    minor?: number;
    fileMode?: number;
    permissions?: string;
    uid?: number;
    gid?: number;
  }[];
  mounts?: { hostPath: string; containerPath: string; type?: string; options?: string[] }[];
  hooks?: (OciHook & { hookName: string })[];
  additionalGids?: number[];
}

interface CdiFile {
  kind?: string;
  devices?: { name: string; containerEdits?: ContainerEdits }[];
  containerEdits?: ContainerEdits;
}

export class CdiError extends SelkieError {}

/** Gives the container the devices of the CDI files: those of a later directory outweigh those of an earlier one. */
export function injectCdiDevices(spec: OciSpec, names: readonly string[], directories: readonly string[]): void {
  const known = new Map<string, { file: CdiFile; edits: ContainerEdits }>();
  for (const file of directories.flatMap(readCdiFiles)) {
    for (const device of file.devices ?? []) known.set(`${file.kind}=${device.name}`, { file, edits: device.containerEdits ?? {} });
  }
  const missing = names.filter((name) => !known.has(name));
  if (missing.length > 0) throw new CdiError(`setting up CDI devices: unresolvable CDI devices ${missing.join(', ')}`);
  const files = new Set<CdiFile>();
  for (const name of names) {
    const found = known.get(name)!;
    if (!files.has(found.file)) applyEdits(spec, found.file.containerEdits ?? {});
    files.add(found.file);
    applyEdits(spec, found.edits);
  }
}

function readCdiFiles(directory: string): CdiFile[] {
  let names: string[];
  try {
    names = readdirSync(directory).sort();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(directory, name);
    if (name.endsWith('.json')) return [JSON.parse(readFileSync(path, 'utf8')) as CdiFile];
    if (!name.endsWith('.yaml') && !name.endsWith('.yml')) return [];
    const { parse } = require('yaml') as typeof import('yaml');
    return [parse(readFileSync(path, 'utf8')) as CdiFile];
  });
}

function applyEdits(spec: OciSpec, edits: ContainerEdits): void {
  const process = spec.process!;
  const linux = spec.linux!;
  for (const entry of edits.env ?? []) {
    const prefix = entry.slice(0, entry.indexOf('=') + 1);
    process.env = [...(process.env ?? []).filter((known) => !known.startsWith(prefix)), entry];
  }
  for (const node of edits.deviceNodes ?? []) {
    const host = node.type && node.major !== undefined ? undefined : deviceAt(node.hostPath ?? node.path);
    const device = {
      path: node.path,
      type: node.type ?? host?.type ?? 'c',
      major: node.major ?? host?.major ?? 0,
      minor: node.minor ?? host?.minor ?? 0,
      ...((node.fileMode ?? host?.fileMode) === undefined ? {} : { fileMode: node.fileMode ?? host?.fileMode }),
      uid: node.uid ?? host?.uid ?? 0,
      gid: node.gid ?? host?.gid ?? 0,
    };
    linux.devices = [...(linux.devices ?? []).filter(({ path }) => path !== device.path), device];
    linux.resources ??= {};
    linux.resources.devices = [
      ...(linux.resources.devices ?? []),
      { allow: true, type: device.type, major: device.major, minor: device.minor, access: node.permissions ?? 'rwm' },
    ];
  }
  for (const { hostPath, containerPath, type = 'bind', options = ['ro', 'rbind', 'rprivate'] } of edits.mounts ?? [])
    spec.mounts = [...(spec.mounts ?? []), { destination: containerPath, source: hostPath, type, options }];
  for (const { hookName, ...hook } of edits.hooks ?? []) {
    spec.hooks ??= {};
    spec.hooks[hookName] = [...(spec.hooks[hookName] ?? []), hook];
  }
  if (edits.additionalGids?.length)
    process.user.additionalGids = [...new Set([...(process.user.additionalGids ?? []), ...edits.additionalGids])];
}
