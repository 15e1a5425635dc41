/** What podman-systemd.unit(5) allows in the units that it describes. */
export interface UnitKind {
  /** The group of the file that is the unit's own. */
  group: string;
  /** What follows the file's name in that of its service. */
  suffix: string;
  /** Those of lower rank are made first: others refer to them. */
  rank: number;
  keys: ReadonlySet<string>;
}

const keys = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const common = 'ContainersConfModule GlobalArgs PodmanArgs ServiceName';
const mappings = 'GIDMap RemapGid RemapUid RemapUidSize RemapUsers SubGIDMap SubUIDMap UIDMap UserNS';

export const kinds: Readonly<Record<string, UnitKind>> = {
  container: {
    group: 'Container',
    suffix: '',
    rank: 4,
    keys: keys(
      `${common} ${mappings} AddCapability AddDevice AddHost Annotation AppArmor AutoUpdate CgroupsMode ContainerName DNS DNSOption DNSSearch
      DropCapability Entrypoint Environment EnvironmentFile EnvironmentHost Exec ExposeHostPort Group GroupAdd HealthCmd HealthInterval
      HealthLogDestination HealthMaxLogCount HealthMaxLogSize HealthOnFailure HealthRetries HealthStartPeriod HealthStartupCmd
      HealthStartupInterval HealthStartupRetries HealthStartupSuccess HealthStartupTimeout HealthTimeout HostName HttpProxy IP IP6 Image Label
      LogDriver LogOpt Mask Memory Mount Network NetworkAlias NoNewPrivileges Notify PidsLimit Pod PublishPort Pull ReadOnly ReadOnlyTmpfs
      ReloadCmd ReloadSignal Retry RetryDelay Rootfs RunInit SeccompProfile Secret SecurityLabelDisable SecurityLabelFileType
      SecurityLabelLevel SecurityLabelNested SecurityLabelType ShmSize StartWithPod StopSignal StopTimeout Sysctl Timezone Tmpfs Ulimit
      Unmask User VolatileTmp Volume WorkingDir`,
    ),
  },
  volume: {
    group: 'Volume',
    suffix: '-volume',
    rank: 2,
    keys: keys(`${common} Copy Device Driver Group Image Label Options Type User VolumeName`),
  },
  kube: {
    group: 'Kube',
    suffix: '',
    rank: 4,
    keys: keys(
      `${common} AutoUpdate ConfigMap ExitCodePropagation KubeDownForce LogDriver LogOpt Network PublishPort RemapGid RemapUid RemapUidSize
      RemapUsers SetWorkingDirectory UserNS Yaml`,
    ),
  },
  network: {
    group: 'Network',
    suffix: '-network',
    rank: 2,
    keys: keys(
      `${common} DNS DisableDNS Driver Gateway IPAMDriver IPRange IPv6 InterfaceName Internal Label NetworkDeleteOnStop NetworkName Options Subnet`,
    ),
  },
  image: {
    group: 'Image',
    suffix: '-image',
    rank: 1,
    keys: keys(`${common} AllTags Arch AuthFile CertDir Creds DecryptionKey Image ImageTag OS Policy Retry RetryDelay TLSVerify Variant`),
  },
  build: {
    group: 'Build',
    suffix: '-build',
    rank: 3,
    keys: keys(
      `${common} Annotation Arch AuthFile BuildArg DNS DNSOption DNSSearch Environment File ForceRM GroupAdd IgnoreFile ImageTag Label Network
      Pull Retry RetryDelay Secret SetWorkingDirectory TLSVerify Target Variant Volume`,
    ),
  },
  artifact: {
    group: 'Artifact',
    suffix: '-artifact',
    rank: 1,
    keys: keys(`${common} Artifact AuthFile CertDir Creds DecryptionKey Quiet Retry RetryDelay TLSVerify`),
  },
  pod: {
    group: 'Pod',
    suffix: '-pod',
    rank: 5,
    keys: keys(
      `${common} ${mappings} AddHost DNS DNSOption DNSSearch ExitPolicy HostName IP IP6 Label Network NetworkAlias PodName PublishPort ShmSize
      StopTimeout Volume`,
    ),
  },
};

/** By the end of the file's name. */
export const kindOf = (name: string): UnitKind | undefined => {
  const at = name.lastIndexOf('.');
  const extension = name.slice(at + 1);
  return at < 0 || !Object.hasOwn(kinds, extension) ? undefined : kinds[extension];
};
