import { type Conversion, containerName, pathExists, UnitRefused } from './conversion.ts';
import { sourceOfMount } from './mount-source.ts';
import { userMappings } from './user-mappings.ts';

/** `podman run` as a service that tells when the container runs. @throws UnitRefused */
export function convertContainer(unit: Conversion): void {
  const { service } = unit;
  const given = unit.text('Image');
  const rootfs = unit.text('Rootfs');
  if (given === undefined && rootfs === undefined) throw new UnitRefused('no Image or Rootfs key specified');
  if (given !== undefined && rootfs !== undefined)
    throw new UnitRefused('the Image And Rootfs keys conflict can not be specified together');
  const image = given === undefined ? undefined : unit.image(given);
  const name = containerName(unit.unit);
  service.add('Service', 'Environment', 'PODMAN_SYSTEMD_UNIT=%n');
  unit.settleKillMode();
  // What conmon left behind, if it was killed; then only the Post command is run.
  const [podman, ...remove] = unit.podman('rm', '-v', '-f', '-i', name);
  service.addCommand('Service', 'ExecStop', [podman!, ...remove]);
  service.addCommand('Service', 'ExecStopPost', [`-${podman}`, ...remove]);
  reload(unit, name);
  service.add('Service', 'Delegate', 'yes');
  const cgroups = unit.text('CgroupsMode');
  const entrypoint = unit.value('Entrypoint');
  service.addCommand('Service', 'ExecStart', [
    ...unit.podman('run', '--name', name, '--replace', '--rm'),
    ...unit.logging(),
    ...(cgroups === undefined ? ['--cgroups=split'] : ['--cgroups', cgroups]),
    ...(entrypoint === undefined ? [] : [`--entrypoint=${entrypoint}`]),
    ...unit.texts(`Timezone tz PidsLimit pids-limit ShmSize shm-size WorkingDir workdir IP ip IP6 ip6 HostName hostname StopSignal stop-signal
      StopTimeout stop-timeout Pull pull Memory memory Retry retry RetryDelay retry-delay`),
    ...unit.lists(`NetworkAlias network-alias Ulimit ulimit DNS dns DNSOption dns-option DNSSearch dns-search GroupAdd group-add
      AddHost add-host Tmpfs tmpfs`),
    ...unit.flags('RunInit init EnvironmentHost env-host HttpProxy http-proxy ReadOnlyTmpfs read-only-tmpfs'),
    ...unit.networks(),
    ...notification(unit),
    ...security(unit),
    ...userOf(unit),
    ...userMappings(unit, true),
    ...unit.volumes(),
    ...unit.texts('AutoUpdate label').map((word) => (word === '--label' ? word : `io.containers.autoupdate=${word}`)),
    ...unit.all('ExposeHostPort').flatMap((port) => ['--expose', exposed(port.trim())]),
    ...unit.ports(),
    ...unit.settings('Environment env Label label Annotation annotation'),
    ...unit.arguments('Mask').flatMap((path) => ['--security-opt', `mask=${path}`]),
    ...unit.arguments('Unmask').flatMap((path) => ['--security-opt', `unmask=${path}`]),
    ...unit.arguments('EnvironmentFile').flatMap((path) => ['--env-file', unit.absolute(path)]),
    ...unit.arguments('Secret').flatMap((secret) => ['--secret', secret]),
    ...unit.arguments('Mount').flatMap((mount) => ['--mount', sourceOfMount(unit, mount)]),
    ...unit.texts(`HealthCmd health-cmd HealthInterval health-interval HealthOnFailure health-on-failure
      HealthLogDestination health-log-destination HealthMaxLogCount health-max-log-count HealthMaxLogSize health-max-log-size
      HealthRetries health-retries HealthStartPeriod health-start-period HealthTimeout health-timeout HealthStartupCmd health-startup-cmd
      HealthStartupInterval health-startup-interval HealthStartupRetries health-startup-retries HealthStartupSuccess health-startup-success
      HealthStartupTimeout health-startup-timeout`),
    ...podOf(unit),
    ...unit.arguments('PodmanArgs'),
    ...(image === undefined ? ['--rootfs', rootfs!] : [image]),
    ...command(unit, 'Exec'),
  ]);
}

function command(unit: Conversion, key: string): string[] {
  const given = unit.unit.lastArguments(unit.group, key);
  if (given?.warning) unit.warnings.push(given.warning);
  return given?.words ?? [];
}

function reload(unit: Conversion, name: string): void {
  const signal = unit.text('ReloadSignal');
  const words = command(unit, 'ReloadCmd');
  if (signal !== undefined && words.length > 0) throw new UnitRefused('ReloadCmd and ReloadSignal are mutually exclusive but both are set');
  if (words.length > 0) unit.service.addCommand('Service', 'ExecReload', unit.podman('exec', name, ...words));
  else if (signal !== undefined) unit.service.addCommand('Service', 'ExecReload', unit.podman('kill', '--signal', signal, name));
}

/** Who tells systemd that the container is ready; then podman itself need not stay. */
function notification(unit: Conversion): string[] {
  const tells = unit.settleType();
  unit.settleIdentifier();
  if (!tells) return [];
  const notify = unit.value('Notify')?.toLowerCase() === 'healthy' ? 'healthy' : unit.flag('Notify') ? 'container' : 'conmon';
  return [`--sdnotify=${notify}`, '-d'];
}

function security(unit: Conversion): string[] {
  const option = (name: string, key: string): string[] => {
    const value = unit.text(key);
    return value === undefined ? [] : ['--security-opt', `${name}${value}`];
  };
  const readOnly = unit.flag('ReadOnly');
  const seccomp = unit.value('SeccompProfile');
  return [
    ...(unit.flag('NoNewPrivileges') ? ['--security-opt=no-new-privileges'] : []),
    ...(unit.flag('SecurityLabelDisable') ? ['--security-opt', 'label=disable'] : []),
    ...(unit.flag('SecurityLabelNested') ? ['--security-opt', 'label=nested'] : []),
    ...option('label=type:', 'SecurityLabelType'),
    ...option('label=filetype:', 'SecurityLabelFileType'),
    ...option('label=level:', 'SecurityLabelLevel'),
    ...option('apparmor=', 'AppArmor'),
    ...unit.words('AddDevice').flatMap(device),
    ...(seccomp === undefined ? [] : ['--security-opt', `seccomp=${seccomp}`]),
    ...unit.words('DropCapability').flatMap((name) => ['--cap-drop', name.toLowerCase()]),
    ...unit.words('AddCapability').flatMap((name) => ['--cap-add', name.toLowerCase()]),
    ...unit.words('Sysctl').flatMap((setting) => ['--sysctl', setting]),
    ...unit.flags('ReadOnly read-only'),
    ...(unit.flag('VolatileTmp') && !readOnly ? ['--tmpfs', '/tmp:rw,size=512M,mode=1777'] : []),
  ];
}

/** One with a minus before it is given only where the machine has it. */
function device(name: string): string[] {
  if (!name.startsWith('-')) return ['--device', name];
  return pathExists(name.slice(1).split(':')[0]!) ? ['--device', name.slice(1)] : [];
}

function userOf(unit: Conversion): string[] {
  const user = unit.text('User');
  const group = unit.text('Group');
  if (user === undefined && group !== undefined) throw new UnitRefused('invalid Group set without User');
  return user === undefined ? [] : ['--user', group === undefined ? user : `${user}:${group}`];
}

function exposed(port: string): string {
  if (!/\d+(-\d+)?(\/udp|\/tcp)?$/.test(port)) throw new UnitRefused(`invalid port format '${port}'`);
  return port;
}

function podOf(unit: Conversion): string[] {
  const pod = unit.text('Pod');
  if (pod === undefined) return [];
  if (!pod.endsWith('.pod')) throw new UnitRefused(`pod ${pod} is not Quadlet based`);
  const facts = unit.units.get(pod);
  if (facts === undefined) throw new UnitRefused(`quadlet pod unit ${pod} does not exist`);
  unit.service.add('Unit', 'BindsTo', `${facts.service}.service`);
  unit.service.add('Unit', 'After', `${facts.service}.service`);
  if (unit.flag('StartWithPod') ?? true) facts.starts.push(unit.service.name);
  return ['--pod', facts.resource];
}
