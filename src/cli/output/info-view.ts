import { asMap } from './template/values.ts';

const initialisms: Record<string, string> = {
  arch: 'Arch',
  buildahVersion: 'BuildahVersion',
  cgroupManager: 'CgroupManager',
  cgroupVersion: 'CgroupsVersion',
  cgroupControllers: 'CgroupControllers',
  cpus: 'CPUs',
  cpuUtilization: 'CPUUtilization',
  idMappings: 'IDMappings',
  gidmap: 'GIDMap',
  uidmap: 'UIDMap',
  ociRuntime: 'OCIRuntime',
  os: 'OS',
  slirp4netns: 'Slirp4NetNS',
  apparmorEnabled: 'AppArmorEnabled',
  capabilities: 'DefaultCapabilities',
  seccompEnabled: 'SECCOMPEnabled',
  seccompProfilePath: 'SECCOMPProfilePath',
  selinuxEnabled: 'SELinuxEnabled',
  dns: 'DNS',
};
const maps = new Set(['graphOptions', 'graphStatus', 'registries']);

/** `info` under the names of Go's fields: `host.ociRuntime.name` is `.Host.OCIRuntime.Name`. As JSON it stays what it was. */
export function infoView(info: unknown): unknown {
  if (Array.isArray(info)) return info.map(infoView);
  if (typeof info !== 'object' || info === null) return info;
  const entries = Object.entries(info).map(([key, value]) => [
    initialisms[key] ?? key.charAt(0).toUpperCase() + key.slice(1),
    maps.has(key) ? asMap({ ...(value as object) }) : infoView(value),
  ]);
  const view = Object.fromEntries(entries) as object;
  Object.defineProperty(view, 'toJSON', { value: () => info, enumerable: false });
  return view;
}
