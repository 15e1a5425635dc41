import { dirname, isAbsolute } from 'node:path';
import { beginsWithSpecifier, type Conversion, UnitRefused } from './conversion.ts';
import { userMappings } from './user-mappings.ts';
import { joinWords } from './words.ts';

export function convertVolume(unit: Conversion): void {
  const name = unit.resourceName('VolumeName');
  const driver = unit.value('Driver');
  unit.service.addCommand('Service', 'ExecStart', [
    ...unit.podman('volume', 'create', '--ignore'),
    ...(driver === undefined ? [] : ['--driver', driver]),
    ...(driver === 'image' ? ['--opt', `image=${volumeImage(unit)}`] : volumeOptions(unit)),
    ...unit.settings('Label label'),
    ...unit.arguments('PodmanArgs'),
    name,
  ]);
  unit.settleOneshot(true);
  unit.facts.resource = name;
}

function volumeImage(unit: Conversion): string {
  const image = unit.value('Image');
  if (image === undefined) throw new UnitRefused('the key Image is mandatory when using the image driver');
  return unit.image(image);
}

function volumeOptions(unit: Conversion): string[] {
  const device = unit.text('Device');
  const type = unit.text('Type');
  const mountOptions = unit.text('Options');
  const copy = unit.flag('Copy');
  if (device === undefined && type !== undefined) throw new UnitRefused("key Type can't be used without Device");
  if (device === undefined && mountOptions !== undefined) throw new UnitRefused("key Options can't be used without Device");
  if (type === 'bind') unit.service.add('Unit', 'RequiresMountsFor', joinWords([device!]));
  const options = [
    ...(unit.value('User') === undefined ? [] : [`uid=${unit.unit.number('Volume', 'User')}`]),
    ...(unit.value('Group') === undefined ? [] : [`gid=${unit.unit.number('Volume', 'Group')}`]),
    ...(mountOptions === undefined ? [] : [mountOptions]),
  ];
  return [
    ...(copy === undefined ? [] : ['--opt', copy ? 'copy' : 'nocopy']),
    ...(device === undefined ? [] : ['--opt', `device=${device}`]),
    ...(type === undefined ? [] : ['--opt', `type=${type}`]),
    ...(options.length === 0 ? [] : ['--opt', `o=${options.join(',')}`]),
  ];
}

export function convertNetwork(unit: Conversion): void {
  const name = unit.resourceName('NetworkName');
  if (unit.flag('NetworkDeleteOnStop')) unit.service.addCommand('Service', 'ExecStopPost', unit.podman('network', 'rm', name));
  unit.service.addCommand('Service', 'ExecStart', [
    ...unit.podman('network', 'create', '--ignore'),
    ...unit.flags('DisableDNS disable-dns Internal internal IPv6 ipv6'),
    ...unit.texts('Driver driver IPAMDriver ipam-driver InterfaceName interface-name'),
    ...unit.lists('DNS dns'),
    ...subnets(unit),
    ...unit.settings('Options opt Label label'),
    ...unit.arguments('PodmanArgs'),
    name,
  ]);
  unit.settleOneshot(true);
  unit.facts.resource = name;
}

/** Gateways and ranges belong to the subnet in the same place. */
function subnets(unit: Conversion): string[] {
  const [nets, gateways, ranges] = ['Subnet', 'Gateway', 'IPRange'].map(unit.all) as [string[], string[], string[]];
  if (nets.length === 0 && gateways.length + ranges.length > 0) throw new UnitRefused('cannot set gateway or range without subnet');
  if (gateways.length > nets.length) throw new UnitRefused('cannot set more gateways than subnets');
  if (ranges.length > nets.length) throw new UnitRefused('cannot set more ranges than subnets');
  return nets.flatMap((subnet, at) => [
    '--subnet',
    subnet,
    ...(at < gateways.length ? ['--gateway', gateways[at]!] : []),
    ...(at < ranges.length ? ['--ip-range', ranges[at]!] : []),
  ]);
}

export function convertKube(unit: Conversion): void {
  const { service } = unit;
  const files = unit.words('Yaml').map((path) => unit.absolute(path));
  if (files.length === 0) throw new UnitRefused('no Yaml key specified');
  unit.settleKillMode();
  service.add('Service', 'Environment', 'PODMAN_SYSTEMD_UNIT=%n');
  unit.settleType();
  unit.settleIdentifier();
  const propagation = unit.text('ExitCodePropagation');
  service.addCommand('Service', 'ExecStart', [
    ...unit.podman('kube', 'play', '--replace', '--service-container=true'),
    ...(propagation === undefined ? [] : [`--service-exit-code-propagation=${propagation}`]),
    ...unit.logging(),
    ...userMappings(unit, false),
    ...unit.networks(),
    ...unit.words('AutoUpdate').map((update) => {
      const at = update.indexOf('/');
      const annotation = '--annotation=io.containers.autoupdate';
      return at < 0 ? `${annotation}=${update}` : `${annotation}/${update.slice(0, at)}=${update.slice(at + 1)}`;
    }),
    ...unit.words('ConfigMap').flatMap((path) => ['--configmap', unit.absolute(path)]),
    ...unit.ports(),
    ...unit.arguments('PodmanArgs'),
    ...files,
  ]);
  // After a failure too, nothing is to be left.
  service.addCommand('Service', 'ExecStopPost', [...unit.podman('kube', 'down'), ...unit.flags('KubeDownForce force'), ...files]);
  workingDirectory(unit);
}

/** Sets the service's directory as SetWorkingDirectory says. @returns the context of a build where it says that instead */
function workingDirectory(unit: Conversion): string {
  const given = unit.text('SetWorkingDirectory');
  if (given === undefined) return '';
  const isBuild = unit.group === 'Build';
  let file = unit.unit.path;
  let context = '';
  switch (given.toLowerCase()) {
    case 'yaml': {
      if (unit.group !== 'Kube') throw new UnitRefused(`SetWorkingDirectory=${given} is only supported in .kube files`);
      const files = unit.words('Yaml');
      if (files.length !== 1) throw new UnitRefused('SetWorkingDirectory=yaml is only supported when a single Yaml key is provided');
      file = files[0]!;
      break;
    }
    case 'file':
      if (!isBuild) throw new UnitRefused(`SetWorkingDirectory=${given} is only supported in .build files`);
      file = unit.value('File') ?? '';
      if (unit.value('File') === undefined) throw new UnitRefused('no File key specified');
      break;
    case 'unit':
      break;
    default:
      if (!isBuild) throw new UnitRefused(`unsupported value for WorkingDirectory: ${given} `);
      context = given;
      if (isAbsolute(context)) file = '';
  }
  if (file === '' || isUrl(context)) return context;
  if (unit.unit.text('Service', 'WorkingDirectory') !== undefined) return '';
  unit.service.add('Service', 'WorkingDirectory', dirname(unit.absolute(file)));
  return context;
}

const isUrl = (text: string): boolean => /^((https?)|(git):\/\/)|(github\.com\/).+$/.test(text);

export function convertImage(unit: Conversion): void {
  const image = unit.text('Image');
  if (image === undefined) throw new UnitRefused('no Image key specified');
  unit.service.addCommand('Service', 'ExecStart', [
    ...unit.podman('image', 'pull'),
    ...unit.texts(`Arch arch AuthFile authfile CertDir cert-dir Creds creds DecryptionKey decryption-key OS os Policy policy Variant variant
      Retry retry RetryDelay retry-delay`),
    ...unit.flags('AllTags all-tags TLSVerify tls-verify'),
    ...unit.arguments('PodmanArgs'),
    image,
  ]);
  unit.settleOneshot(true);
  unit.facts.resource = unit.text('ImageTag') ?? image;
}

export function convertArtifact(unit: Conversion): void {
  const artifact = unit.text('Artifact');
  if (artifact === undefined) throw new UnitRefused('no Artifact key specified');
  unit.service.addCommand('Service', 'ExecStart', [
    ...unit.podman('artifact', 'pull'),
    ...unit.texts('AuthFile authfile CertDir cert-dir Creds creds DecryptionKey decryption-key Retry retry RetryDelay retry-delay'),
    ...unit.flags('Quiet quiet TLSVerify tls-verify'),
    ...unit.arguments('PodmanArgs'),
    artifact,
  ]);
  unit.settleOneshot(true);
  unit.facts.resource = artifact;
}

export function convertBuild(unit: Conversion): void {
  const { service } = unit;
  if (unit.facts.resource === '') throw new UnitRefused('no ImageTag key specified');
  const pull = unit.text('Pull');
  const words = [
    ...unit.podman('build'),
    ...(pull === undefined ? [] : [`--pull=${pull}`]),
    ...unit.texts('Arch arch AuthFile authfile IgnoreFile ignorefile Target target Variant variant Retry retry RetryDelay retry-delay'),
    ...unit.flags('TLSVerify tls-verify ForceRM force-rm'),
    ...unit.lists('DNS dns DNSOption dns-option DNSSearch dns-search GroupAdd group-add ImageTag tag'),
    ...unit.settings('BuildArg build-arg Environment env Label label Annotation annotation'),
    ...unit.networks(),
    ...unit.arguments('Secret').flatMap((secret) => ['--secret', secret]),
    ...unit.volumes(),
  ];
  const context = workingDirectory(unit);
  const directory = service.text('Service', 'WorkingDirectory');
  const file = unit.text('File');
  if (directory === undefined && file === undefined && context === '')
    throw new UnitRefused('neither SetWorkingDirectory, nor File key specified');
  if (file !== undefined) words.push('--file', file);
  words.push(...unit.arguments('PodmanArgs'));
  if (context !== '') words.push(context);
  else if (file === undefined || !(beginsWithSpecifier(file) || isAbsolute(file) || isUrl(file))) {
    if (directory === undefined) throw new UnitRefused('relative path in File key requires SetWorkingDirectory key to be set');
    words.push(directory);
  }
  service.addCommand('Service', 'ExecStart', words);
  unit.settleOneshot(false);
}

export function convertPod(unit: Conversion): void {
  const { service } = unit;
  const name = unit.facts.resource;
  for (const started of unit.facts.starts) {
    service.add('Unit', 'Wants', started);
    service.add('Unit', 'Before', started);
  }
  unit.settleIdentifier();
  service.addCommand('Service', 'ExecStart', unit.podman('pod', 'start', name));
  const timeout = unit.value('StopTimeout') ?? '10';
  service.addCommand('Service', 'ExecStop', unit.podman('pod', 'stop', '--ignore', `--time=${timeout}`, name));
  service.addCommand('Service', 'ExecStopPost', unit.podman('pod', 'rm', '--ignore', '--force', name));
  service.addCommand('Service', 'ExecStartPre', [
    ...unit.podman('pod', 'create', '--infra-conmon-pidfile=%t/%N.pid', '--replace', '--exit-policy', unit.value('ExitPolicy') ?? 'stop'),
    ...userMappings(unit, true),
    ...unit.ports(),
    ...unit.settings('Label label'),
    ...unit.networks(),
    ...unit.texts('IP ip IP6 ip6 ShmSize shm-size'),
    ...unit.lists('NetworkAlias network-alias DNS dns DNSOption dns-option DNSSearch dns-search AddHost add-host HostName hostname'),
    ...unit.volumes(),
    '--infra-name',
    `${name}-infra`,
    '--name',
    name,
    ...unit.arguments('PodmanArgs'),
  ]);
  service.add('Service', 'Environment', 'PODMAN_SYSTEMD_UNIT=%n');
  service.set('Service', 'Type', 'forking');
  service.set('Service', 'Restart', 'on-failure');
  service.set('Service', 'PIDFile', '%t/%N.pid');
}
