import type { OciHistory, OciImage } from '../image/image-config.ts';
import type { LocalImage } from '../image/local-image.ts';
import { dockerManifest, ociManifest } from '../image/media-types.ts';
import { dockerImage, ociImage } from '../image/new-image.ts';
import type { IdMappings } from '../storage/drivers/driver.ts';
import { toOciMap } from './id-maps.ts';

export const builderType = 'buildah 0.0.1';
export const manifestTypes = { oci: ociManifest, docker: dockerManifest } as const;

export interface NamespaceChoice {
  Name: string;
  Host: boolean;
  Path: string;
}

/** Resources and names of a working container's processes: buildah's CommonBuildOptions. */
export interface CommonBuildOptions {
  AddHost: string[];
  CgroupParent: string;
  CPUPeriod: number;
  CPUQuota: number;
  CPUShares: number;
  CPUSetCPUs: string;
  CPUSetMems: string;
  HTTPProxy: boolean;
  Memory: number;
  MemorySwap: number;
  DNSSearch: string[];
  DNSServers: string[];
  DNSOptions: string[];
  NoHostname: boolean;
  NoHosts: boolean;
  NoNewPrivileges: boolean;
  SeccompProfilePath: string;
  ShmSize: string;
  Ulimit: string[];
  Volumes: string[];
  [other: string]: unknown;
}

/** What buildah keeps of a working container in `buildah.json`; fields that we do not know stay as they are. */
export interface BuilderState {
  Args: Record<string, string> | null;
  type: string;
  image?: string;
  'image-id': string;
  'image-digest': string;
  /** The base's config and manifest, base64. */
  config?: string;
  manifest?: string;
  'container-name': string;
  'container-id': string;
  mountpoint?: string;
  annotations?: Record<string, string>;
  'created-by'?: string;
  'history-comment'?: string;
  ociv1: OciImage;
  docker: OciImage;
  /** 1: oci, 2: chroot, 3: rootless */
  Isolation: number;
  NamespaceOptions: NamespaceChoice[];
  /** 0: by default, 1: disabled, 2: enabled */
  ConfigureNetwork: number;
  GroupAdd: string[] | null;
  Capabilities: string[];
  PrependedEmptyLayers: OciHistory[] | null;
  AppendedEmptyLayers: OciHistory[] | null;
  CommonBuildOpts: CommonBuildOptions;
  TopLayer: string;
  /** Media type of the manifest to commit. */
  Format: string;
  DeviceSpecs: string[];
  [other: string]: unknown;
}

/** What `copy --link` has put aside: a tree that becomes a layer. */
export interface LinkedLayer {
  History: OciHistory;
  BlobPath: string;
}

export const isolations = ['default', 'oci', 'chroot', 'rootless'] as const;

export function defaultCommonOptions(): CommonBuildOptions {
  return {
    AddHost: [],
    OmitHistory: false,
    CgroupParent: '',
    CPUPeriod: 0,
    CPUQuota: 0,
    CPUShares: 0,
    CPUSetCPUs: '',
    CPUSetMems: '',
    HTTPProxy: true,
    IdentityLabel: 0,
    Memory: 0,
    DNSSearch: [],
    DNSServers: [],
    DNSOptions: [],
    LabelOpts: null,
    Masks: null,
    MemorySwap: 0,
    NoHostname: false,
    NoHosts: false,
    NoNewPrivileges: false,
    OmitTimestamp: false,
    SeccompProfilePath: '',
    ApparmorProfile: '',
    ShmSize: '65536k',
    Ulimit: [],
    Volumes: [],
    Secrets: [],
    SSHSources: [],
    OCIHooksDir: [],
    Unmasks: null,
  };
}

/** The ids of the host, unmapped. */
export const hostIds = {
  HostUIDMapping: true,
  HostGIDMapping: true,
  UIDMap: [],
  GIDMap: [],
  AutoUserNs: false,
  AutoUserNsOpts: {
    Size: 0,
    InitialSize: 0,
    PasswdFile: '',
    GroupFile: '',
    AdditionalUIDMappings: null,
    AdditionalGIDMappings: null,
  },
};

/** Namespaces of a working container's processes unless something else is asked for. */
export function defaultNamespaces(chosen: readonly NamespaceChoice[] = []): NamespaceChoice[] {
  const host = new Set(['cgroup', 'user']);
  return ['cgroup', 'ipc', 'mount', 'network', 'pid', 'user', 'uts'].map(
    (Name) => chosen.find((choice) => choice.Name === Name) ?? { Name, Host: host.has(Name), Path: '' },
  );
}

export interface NewState {
  /** What it is made from, and the name by which that was meant. */
  image?: { local: LocalImage; name: string } | undefined;
  name: string;
  id: string;
  content: OciImage;
  annotations: Record<string, string>;
  isolation: number;
  namespaces: NamespaceChoice[];
  configureNetwork: number;
  groupAdd: string[];
  capabilities: string[];
  common: CommonBuildOptions;
  format: 'oci' | 'docker';
  devices: string[];
  cdiDirectory?: string;
  idMaps?: IdMappings;
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The state of a container just made, its keys in buildah's order. */
export function newState(made: NewState): BuilderState {
  const { image } = made;
  return {
    Args: null,
    type: builderType,
    ...(image ? { image: image.name } : {}),
    'image-id': image?.local.id ?? '',
    'image-digest': image?.local.digest ?? '',
    ...(image ? { config: base64(image.local.rawConfig()), manifest: base64(image.local.manifest().bytes) } : {}),
    'container-name': made.name,
    'container-id': made.id,
    annotations: made.annotations,
    ...bothFormats(made.content),
    Isolation: made.isolation,
    NamespaceOptions: made.namespaces,
    ConfigureNetwork: made.configureNetwork,
    CNIPluginPath: '',
    CNIConfigDir: '',
    GroupAdd: made.groupAdd.length > 0 ? made.groupAdd : null,
    IDMappingOptions: made.idMaps
      ? { ...hostIds, HostUIDMapping: false, HostGIDMapping: false, UIDMap: toOciMap(made.idMaps.uids), GIDMap: toOciMap(made.idMaps.gids) }
      : hostIds,
    Capabilities: made.capabilities,
    PrependedEmptyLayers: null,
    AppendedEmptyLayers: null,
    CommonBuildOpts: made.common,
    TopLayer: image?.local.topLayer ?? '',
    Format: manifestTypes[made.format],
    TempVolumes: null,
    ContentDigester: {},
    Devices: null,
    DeviceSpecs: made.devices,
    CDIConfigDir: made.cdiDirectory ?? '',
    PrependedLinkedLayers: null,
    AppendedLinkedLayers: null,
  };
}

/** The image's description in both formats, each without what it has no place for. */
export function bothFormats(content: OciImage): { ociv1: OciImage; docker: OciImage } {
  return { ociv1: ociImage(content) as OciImage, docker: dockerImage(content, undefined) as OciImage };
}
