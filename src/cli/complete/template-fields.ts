import type { ProgramName } from '../../config/globals.ts';
import { type Answer, Directive } from './answer.ts';

/** Fields that templates of a command may name; those that end with a dot have fields of their own, those with parentheses take an argument. */
const fields: Readonly<Record<string, string>> = {
  'artifact inspect':
    'Artifact. Digest Manifest. Manifest.Annotations. Manifest.ArtifactType Manifest.Config. Manifest.ConfigInfo. ' +
    'Manifest.Layers Manifest.Manifest. Manifest.MediaType Manifest.SchemaVersion Manifest.Subject. Manifest.Versioned. ' +
    'Name TotalSizeBytes',
  'artifact ls': 'Created CreatedAt Digest Repository Size Tag VirtualSize',
  'auto-update': 'Container ContainerID ContainerName Image Policy Unit Updated',
  'container inspect, inspect':
    'AppArmorProfile Args BoundingCaps Config. Config.Annotations. Config.AttachStderr Config.AttachStdin ' +
    'Config.AttachStdout Config.ChrootDirs Config.Cmd Config.CreateCommand Config.DomainName Config.Entrypoint ' +
    'Config.Env Config.ExposedPorts. Config.HealthLogDestination Config.HealthMaxLogCount Config.HealthMaxLogSize ' +
    'Config.Healthcheck. Config.HealthcheckOnFailureAction Config.Hostname Config.Image Config.Labels. Config.OnBuild ' +
    'Config.OpenStdin Config.Passwd Config.SdNotifyMode Config.SdNotifySocket Config.Secrets Config.StartupHealthCheck. ' +
    'Config.StdinOnce Config.StopSignal Config.StopTimeout Config.SystemdMode Config.Timeout Config.Timezone Config.Tty ' +
    'Config.Umask Config.User Config.V4PodmanCompatMarshal Config.Volumes. Config.WorkingDir ConmonPidFile Created. ' +
    'Dependencies Driver EffectiveCaps ExecIDs GraphDriver. GraphDriver.Data. GraphDriver.Name HostConfig. ' +
    'HostConfig.Annotations. HostConfig.AutoRemove HostConfig.AutoRemoveImage HostConfig.Binds ' +
    'HostConfig.BlkioDeviceReadBps HostConfig.BlkioDeviceReadIOps HostConfig.BlkioDeviceWriteBps ' +
    'HostConfig.BlkioDeviceWriteIOps HostConfig.BlkioWeight HostConfig.BlkioWeightDevice HostConfig.CapAdd ' +
    'HostConfig.CapDrop HostConfig.Cgroup HostConfig.CgroupConf. HostConfig.CgroupManager HostConfig.CgroupMode ' +
    'HostConfig.CgroupParent HostConfig.Cgroups HostConfig.ConsoleSize HostConfig.ContainerIDFile HostConfig.CpuCount ' +
    'HostConfig.CpuPercent HostConfig.CpuPeriod HostConfig.CpuQuota HostConfig.CpuRealtimePeriod ' +
    'HostConfig.CpuRealtimeRuntime HostConfig.CpuShares HostConfig.CpusetCpus HostConfig.CpusetMems HostConfig.Devices ' +
    'HostConfig.DiskQuota HostConfig.Dns HostConfig.DnsOptions HostConfig.DnsSearch HostConfig.ExtraHosts ' +
    'HostConfig.GroupAdd HostConfig.HostsFile HostConfig.IDMappings. HostConfig.IOMaximumBandwidth ' +
    'HostConfig.IOMaximumIOps HostConfig.Init HostConfig.IntelRdtClosID HostConfig.IpcMode HostConfig.Isolation ' +
    'HostConfig.KernelMemory HostConfig.Links HostConfig.LogConfig. HostConfig.Memory HostConfig.MemoryReservation ' +
    'HostConfig.MemorySwap HostConfig.MemorySwappiness HostConfig.NanoCpus HostConfig.NetworkMode ' +
    'HostConfig.OomKillDisable HostConfig.OomScoreAdj HostConfig.PidMode HostConfig.PidsLimit HostConfig.PortBindings. ' +
    'HostConfig.Privileged HostConfig.PublishAllPorts HostConfig.ReadonlyRootfs HostConfig.RestartPolicy. ' +
    'HostConfig.Runtime HostConfig.SecurityOpt HostConfig.ShmSize HostConfig.Tmpfs. HostConfig.UTSMode ' +
    'HostConfig.Ulimits HostConfig.UsernsMode HostConfig.VolumeDriver HostConfig.VolumesFrom HostnamePath HostsPath ID ' +
    'Image ImageDigest ImageName IsInfra IsService KubeExitCodePropagation LockNumber MountLabel Mounts Name Namespace ' +
    'NetworkSettings. NetworkSettings.AdditionalMacAddresses NetworkSettings.Bridge NetworkSettings.EndpointID ' +
    'NetworkSettings.Gateway NetworkSettings.GlobalIPv6Address NetworkSettings.GlobalIPv6PrefixLen ' +
    'NetworkSettings.HairpinMode NetworkSettings.IPAddress NetworkSettings.IPPrefixLen NetworkSettings.IPv6Gateway ' +
    'NetworkSettings.InspectBasicNetworkConfig. NetworkSettings.LinkLocalIPv6Address ' +
    'NetworkSettings.LinkLocalIPv6PrefixLen NetworkSettings.MacAddress NetworkSettings.Networks. NetworkSettings.Ports. ' +
    'NetworkSettings.SandboxID NetworkSettings.SandboxKey NetworkSettings.SecondaryIPAddresses ' +
    'NetworkSettings.SecondaryIPv6Addresses OCIConfigPath OCIRuntime Path PidFile Pod ProcessLabel ResolvConfPath ' +
    'RestartCount Rootfs SizeRootFs SizeRw State. State.CgroupPath State.CheckpointLog State.CheckpointPath ' +
    'State.Checkpointed State.CheckpointedAt State.ConmonPid State.Dead State.Error State.ExitCode State.FinishedAt ' +
    'State.Health. State.Healthcheck State.OOMKilled State.OciVersion State.Paused State.Pid State.Restarting ' +
    'State.RestoreLog State.Restored State.RestoredAt State.Running State.StartedAt State.Status State.StoppedByUser ' +
    'StaticDir UseImageHostname UseImageHosts',
  'container list, container ps, ps':
    'AutoRemove CGROUPNS CIDFile Cgroup Command Created. CreatedAt CreatedHuman ExitCode Exited ExitedAt ExposedPorts. ' +
    'ID IPC Image ImageID IsInfra Label() Labels. ListContainer. MNT Mounts NET Names Namespaces. Namespaces.Cgroup ' +
    'Namespaces.IPC Namespaces.MNT Namespaces.NET Namespaces.PIDNS Namespaces.UTS Namespaces.User Networks PIDNS Pid Pod ' +
    'PodName Ports Restarts RunningFor Size Size.RootFsSize Size.RwSize StartedAt State Status USERNS UTS User',
  'container stats, stats':
    'AVGCPU AvgCPU BlockIO BlockInput BlockOutput CPU CPUNano CPUPerc CPUSystemNano ContainerID ContainerStats. Duration ' +
    'ID MemLimit MemPerc MemUsage MemUsageBytes Name NetIO Network. PIDS PIDs PerCPU SystemNano Up UpTime',
  'events, system events':
    'Attributes. ContainerExitCode ContainerInspectData Details. Details.Attributes. Details.ContainerInspectData ' +
    'Details.PodID Error HealthStatus ID Image Name Network PodID Status Time TimeNano Type',
  'history, image history': 'Comment Created CreatedAt CreatedBy CreatedSince ID ImageHistoryLayer. Size Tags',
  'image inspect':
    'Annotations. Architecture Author Comment Config. Config.ArgsEscaped Config.Cmd Config.Entrypoint Config.Env ' +
    'Config.ExposedPorts. Config.Labels. Config.StopSignal Config.User Config.Volumes. Config.WorkingDir Created. Digest ' +
    'GraphDriver. GraphDriver.Data. GraphDriver.Name HealthCheck. HealthCheck.Interval HealthCheck.Retries ' +
    'HealthCheck.StartInterval HealthCheck.StartPeriod HealthCheck.Test HealthCheck.Timeout History ID Labels. ' +
    'ManifestType NamesHistory Os Parent RepoDigests RepoTags RootFS. RootFS.Layers RootFS.Type Size User Version ' +
    'VirtualSize',
  'image list, images':
    'Arch Containers Created CreatedAt CreatedSince CreatedTime Dangling Digest History ID Id ImageSummary. IsDangling ' +
    'IsManifestList IsReadOnly Labels. Names Os ParentId ReadOnly RepoDigests RepoTags Repository SharedSize Size Tag ' +
    'VirtualSize',
  'image search, search': 'Automated Description Index Name Official Stars Tag',
  'info, system info':
    'Host. Host.Arch Host.BuildahVersion Host.CPUUtilization. Host.CPUs Host.CgroupControllers Host.CgroupManager ' +
    'Host.CgroupsVersion Host.Conmon. Host.DatabaseBackend Host.Distribution. Host.EmulatedArchitectures ' +
    'Host.EventLogger Host.FreeLocks Host.Hostname Host.IDMappings. Host.Kernel Host.Linkmode Host.LogDriver ' +
    'Host.MemFree Host.MemTotal Host.NetworkBackend Host.NetworkBackendInfo. Host.OCIRuntime. Host.OS Host.Pasta. ' +
    'Host.RemoteSocket. Host.RootlessNetworkCmd Host.RuntimeInfo. Host.Security. Host.ServiceIsRemote Host.Slirp4NetNS. ' +
    'Host.SwapFree Host.SwapTotal Host.Uptime Host.Variant Plugins. Plugins.Authorization Plugins.Log Plugins.Network ' +
    'Plugins.Volume Registries. Store. Store.ContainerStore. Store.GraphDriverName Store.GraphOptions. Store.GraphRoot ' +
    'Store.GraphRootAllocated Store.GraphRootUsed Store.GraphStatus. Store.ImageCopyTmpDir Store.ImageStore. ' +
    'Store.RunRoot Store.TransientStore Store.VolumePath Version. Version.APIVersion Version.BuildOrigin Version.Built ' +
    'Version.BuiltTime Version.GitCommit Version.GoVersion Version.Os Version.OsArch Version.Version',
  'network inspect':
    'Containers. Created. DNSEnabled Driver ID IPAMOptions. IPv6Enabled Internal Labels. Name Network. NetworkDNSServers ' +
    'NetworkInterface Options. Routes Subnets',
  'network ls':
    'Created. DNSEnabled Driver ID IPAMOptions. IPv6Enabled Internal Labels Name Network. NetworkDNSServers ' +
    'NetworkInterface Options. Routes Subnets',
  'pod inspect':
    'BlkioDeviceReadBps BlkioDeviceWriteBps BlkioWeight BlkioWeightDevice CPUPeriod CPUQuota CPUSetCPUs CPUSetMems ' +
    'CPUShares CgroupParent CgroupPath Containers CreateCgroup CreateCommand CreateInfra Created. Devices ExitPolicy ' +
    'Hostname ID InfraConfig. InfraConfig.CPUPeriod InfraConfig.CPUQuota InfraConfig.CPUSetCPUs InfraConfig.DNSOption ' +
    'InfraConfig.DNSSearch InfraConfig.DNSServer InfraConfig.HostAdd InfraConfig.HostNetwork InfraConfig.HostsFile ' +
    'InfraConfig.NetworkOptions. InfraConfig.Networks InfraConfig.NoManageHostname InfraConfig.NoManageHosts ' +
    'InfraConfig.NoManageResolvConf InfraConfig.PidNS InfraConfig.PortBindings. InfraConfig.StaticIP ' +
    'InfraConfig.StaticMAC InfraConfig.UserNS InfraConfig.UtsNS InfraContainerID InspectPodData. Labels. LockNumber ' +
    'MemoryLimit MemorySwap Mounts Name Namespace NumContainers RestartPolicy SecurityOpts SharedNamespaces State ' +
    'VolumesFrom',
  'pod ps':
    'Cgroup ContainerIds ContainerNames ContainerStatuses Containers Created ID Id InfraID InfraId Label() Labels. ' +
    'ListPodsReport. Name Namespace Networks NumberOfContainers Restarts Status',
  'pod stats': 'BlockIO CID CPU Mem MemUsage MemUsageBytes Name NetIO PIDS Pod',
  'quadlet list': 'App Name Path Status UnitName',
  'secret inspect': 'CreatedAt. ID SecretData Spec. Spec.Driver. Spec.Labels. Spec.Name UpdatedAt.',
  'secret ls': 'CreatedAt Driver ID Name UpdatedAt',
  'system connection list':
    'Default Destination. Destination.Identity Destination.IsMachine Destination.TLSCA Destination.TLSCert ' +
    'Destination.TLSKey Destination.URI Identity IsMachine Name ReadWrite TLSCA TLSCert TLSKey URI',
  'system df': 'Active RawReclaimable RawSize Reclaimable Size Total Type',
  version:
    'Client. Client.APIVersion Client.BuildOrigin Client.Built Client.BuiltTime Client.GitCommit Client.GoVersion ' +
    'Client.Os Client.OsArch Client.Version Server. Server.APIVersion Server.BuildOrigin Server.Built Server.BuiltTime ' +
    'Server.GitCommit Server.GoVersion Server.Os Server.OsArch Server.Version',
  'volume inspect, volume ls':
    'Anonymous CreatedAt. Driver GID Labels. LockNumber MountCount Mountpoint Name NeedsChown NeedsCopyUp Options. Scope ' +
    'Status. StorageID Timeout UID',
  'farm list': 'Connections Default Name ReadWrite',
  'machine list':
    'CPUs Created Default DiskSize IdentityPath LastUp Memory Name Port RemoteUsername Running Starting Stream Swap ' +
    'UserModeNetworking VMType',
  'machine info': 'Host. Version.',
  'machine inspect': 'ConfigDir. ConnectionInfo. Created. LastUp. Name Resources. Rootful Rosetta SSHConfig. State UserModeNetworking',
};

/** What `--format` may say: `json`, or the beginning of a template whose last field is being typed. */
export function formats(command: string, prefix: string, program: ProgramName): Answer {
  const candidates = ['json'].filter((word) => word.startsWith(prefix)).map((word) => [word] as const);
  const typed = /^(.*\{\{[^}]*?\.)((?:\w+\.)*\w*)$/s.exec(prefix);
  if (!typed || program === 'skopeo') return { candidates, directive: Directive.noFiles };
  const [, before = '', path = ''] = typed;
  const known = fieldsOf(command);
  const depth = path.split('.').length;
  const found = known.filter((field) => field.startsWith(path) && field.replace(/\.$/, '').split('.').length === depth);
  return {
    candidates: found.map((field) => {
      if (field.endsWith('()')) return [`${before}${field.slice(0, -2)}`, 'A function that takes an argument'];
      return [`${before}${field}${field.endsWith('.') ? '' : '}}'}`];
    }),
    directive: Directive.noFiles | Directive.noSpace,
  };
}

function fieldsOf(command: string): string[] {
  const key = Object.keys(fields).find((names) => names.split(', ').includes(command));
  return key === undefined ? [] : fields[key]!.split(' ');
}
