import type { ContainersConf } from '../../config/containers-conf-types.ts';
import { InvalidArgument } from '../../container/create-errors.ts';
import { parseLabels } from '../../container/options/environment.ts';
import { parseRestartPolicy } from '../../container/options/lifecycle.ts';
import { SelkieError } from '../../errors.ts';
import { type CreatePodOptions, podResources } from '../../pod/create.ts';
import { InvalidPod } from '../../pod/errors.ts';
import { defaults, type Parsed } from '../flag.ts';
import { createFlags } from './create.ts';
import type { podCreateFlags } from './pod-create.ts';
import { type Changed, type CreateFlags, toCreateOptions } from './to-create-options.ts';

export type PodCreateFlags = Parsed<typeof podCreateFlags>;

/** The command line of `pod create` as options of the library. @throws SelkieError in the originals' words */
export function toPodOptions(flags: PodCreateFlags, changed: Changed, name: string, conf: ContainersConf): CreatePodOptions {
  const hasInfra = changed('infra') || (flags.share !== 'none' && flags.share !== '') ? flags.infra : false;
  if (hasInfra) checkShare(flags);
  else checkWithoutInfra(flags, changed);
  const asContainer = containerOptions(flags, changed, conf);
  const infra = hasInfra ? { ...asContainer, image: changed('infra-image') ? flags['infra-image'] : conf.engine.infra_image } : undefined;
  return {
    ...(name ? { name } : {}),
    labels: parseLabels([...flags['label-file']], [...flags.label]),
    ...(flags.hostname ? { hostname: flags.hostname } : {}),
    exitPolicy: changed('exit-policy') ? flags['exit-policy'] : conf.engine.pod_exit_policy,
    ...restartOf(flags),
    share: shareOf(flags),
    shareParent: flags['share-parent'],
    ...(flags['cgroup-parent'] ? { cgroupParent: flags['cgroup-parent'] } : {}),
    resources: podResources(asContainer),
    ...(infra ? { infra } : {}),
  };
}

/** An infra container is made like any other; what `pod create` does not ask for stays as `create` has it. */
function containerOptions(flags: PodCreateFlags, changed: Changed, conf: ContainersConf): ReturnType<typeof toCreateOptions> {
  const all = {
    ...defaults(createFlags),
    ...flags,
    name: flags['infra-name'],
    'conmon-pidfile': flags['infra-conmon-pidfile'],
    label: [],
    'label-file': [],
    restart: '',
    'pod-id-file': '',
  } as CreateFlags;
  const options = toCreateOptions(all, (flag) => flag in flags && changed(flag), [], conf);
  if (flags['infra-command'] !== '') options.entrypoint = flags['infra-command'].split(' ');
  return options;
}

function checkShare(flags: PodCreateFlags): void {
  if (flags.share.includes('cgroup') && flags['share-parent'])
    throw new InvalidArgument("cannot define the pod as the cgroup parent at the same time as joining the infra container's cgroupNS");
}

/** `+pid` adds to the usual ones. */
function shareOf({ share }: PodCreateFlags): string[] {
  return share.startsWith('+') ? ['ipc', 'net', 'uts', ...share.slice(1).split(',')] : share.split(',');
}

function checkWithoutInfra(flags: PodCreateFlags, changed: Changed): void {
  if (changed('no-hosts')) throw new SelkieError('cannot specify --no-hosts without an infra container');
  if (changed('share') && flags.share !== 'none' && flags.share !== '')
    throw new SelkieError(`cannot set share(${flags.share}) namespaces without an infra container`);
  if (flags.publish.length > 0) throw new SelkieError('you must have an infra container to publish port bindings to the host');
  const exclusive: Record<string, boolean> = {
    InfraImage: flags['infra-image'] !== '',
    InfraName: flags['infra-name'] !== '',
  };
  for (const [name, given] of Object.entries(exclusive))
    if (given) throw new InvalidPod(`NoInfra and ${name} are mutually exclusive pod options`);
  if (changed('network')) throw new SelkieError('NoInfra and network modes cannot be used together');
  for (const flag of ['ip', 'ip6', 'mac-address', 'network-alias'] as const)
    if (flags[flag].length > 0) throw new InvalidArgument(`cannot set --${flag === 'mac-address' ? 'mac' : flag} without infra container`);
  const others: Record<string, boolean> = {
    DNSOption: changed('dns-option'),
    DNSSearch: changed('dns-search'),
    DNSServer: changed('dns') && !flags.dns.includes('none'),
    HostAdd: changed('add-host'),
    HostsFile: changed('hosts-file'),
    NoManageResolvConf: flags.dns.includes('none'),
  };
  for (const [name, given] of Object.entries(others)) {
    if (given) throw new InvalidPod(`${name === 'DNSSearch' ? 'NoInfo' : 'NoInfra'} and ${name} are mutually exclusive pod options`);
  }
}

function restartOf(flags: PodCreateFlags): Pick<CreatePodOptions, 'restartPolicy' | 'restartRetries'> {
  if (flags.restart === '') return {};
  const { policy, retries } = parseRestartPolicy(flags.restart);
  return { restartPolicy: policy, restartRetries: retries };
}
