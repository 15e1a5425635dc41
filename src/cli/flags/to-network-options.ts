import type { ContainersConf } from '../../config/containers-conf-types.ts';
import { InvalidArgument } from '../../container/create-errors.ts';
import type { CreateOptions, NetworkChoice } from '../../container/create-options.ts';
import { canonicalIp } from '../../container/options/addresses.ts';
import { parseMac, parseNetworkFlag } from '../../container/options/namespaces.ts';
import { parsePublish } from '../../container/options/ports.ts';
import { SelkieError } from '../../errors.ts';
import type { Parsed } from '../flag.ts';
import type { networking } from './networking.ts';

/** The flags that say how a container, or a pod, is connected. @param hasInfra false: the pod has no container to hold a network */
export function toNetworkOptions(
  flags: Omit<Parsed<typeof networking>, 'expose' | 'hostname' | 'publish-all'>,
  changed: (name: string) => boolean,
  conf: ContainersConf,
  hasInfra = true,
): Partial<CreateOptions> {
  const options: Partial<CreateOptions> = {
    ...(changed('no-hostname') ? { noHostname: flags['no-hostname'] } : {}),
    ...(changed('no-hosts') ? { noHosts: flags['no-hosts'] } : {}),
    ...(flags['hosts-file'] ? { hostsFile: flags['hosts-file'] } : {}),
    addHosts: flags['add-host'].map(checkHost),
    dnsOptions: changed('dns-option') ? [...flags['dns-option']] : [],
    dnsSearch: changed('dns-search') ? checkDomains([...flags['dns-search']]) : [],
    ...(changed('dns') ? dnsServers([...flags.dns]) : {}),
    ports: parsePublish([...flags.publish]),
  };
  if (changed('network')) {
    const { mode, networks, modeOptions } = parseNetworkFlag([...flags.network], conf.containers.netns);
    Object.assign(options, { network: mode, networks, networkModeOptions: modeOptions });
  }
  addAddresses(options, flags, hasInfra);
  const kind = options.network?.kind;
  if ((changed('dns') || changed('dns-option') || changed('dns-search')) && (kind === 'none' || kind === 'container'))
    throw new SelkieError(`conflicting options: dns and the network mode: ${kind}`);
  return options;
}

function addAddresses(
  options: Partial<CreateOptions>,
  flags: { ip: string; ip6: string; 'mac-address': string; 'network-alias': readonly string[] },
  hasInfra: boolean,
): void {
  const aliases = [...flags['network-alias']];
  if (flags.ip === '' && flags.ip6 === '' && flags['mac-address'] === '' && aliases.length === 0) return;
  const networks: NetworkChoice[] = options.networks?.length ? options.networks : [{ name: 'default', options: { interfaceName: '' } }];
  const kind = options.network?.kind ?? 'default';
  const check = (flag: string, single: boolean, infraName = flag) => {
    if (!hasInfra) throw new InvalidArgument(`cannot set --${infraName} without infra container`);
    if (kind !== 'bridge' && kind !== 'default') throw new InvalidArgument(`--${flag} can only be set when the network mode is bridge`);
    if (single && networks.length !== 1) throw new InvalidArgument(`--${flag} can only be set for a single network`);
  };
  for (const name of ['ip', 'ip6'] as const) {
    const text = flags[name];
    if (text === '') continue;
    const ip = canonicalIp(text);
    if (ip === undefined) throw new SelkieError(`${JSON.stringify(text)} is not an ip address`);
    check(name, true);
    for (const network of networks) network.options.staticIps = [...(network.options.staticIps ?? []), ip];
  }
  if (flags['mac-address'] !== '') {
    const mac = parseMac(flags['mac-address']);
    check('mac-address', true, 'mac');
    for (const network of networks) network.options.staticMac = mac;
  }
  if (aliases.length > 0) {
    check('network-alias', false);
    for (const network of networks) network.options.aliases = aliases;
  }
  options.networks = networks;
}

/** `name1;name2:ip`. */
function checkHost(value: string): string {
  const colon = value.indexOf(':');
  if (colon <= 0 || /[\n\r\0]/.test(value)) throw new SelkieError(`bad format for add-host: ${JSON.stringify(value)}`);
  if (value.slice(0, colon).split(';').includes('')) throw new SelkieError(`hostname in add-host ${JSON.stringify(value)} is empty`);
  const ip = value.slice(colon + 1);
  if (ip !== 'host-gateway' && canonicalIp(ip.trim()) === undefined)
    throw new SelkieError(`invalid IP address in add-host: ${JSON.stringify(ip)}`);
  return value;
}

function dnsServers(values: string[]): Partial<CreateOptions> {
  if (values.includes('none')) {
    if (values.length > 1) throw new SelkieError('none is not allowed to be specified with other DNS ip addresses');
    return { useImageResolvConf: true };
  }
  return {
    dnsServers: values.map((value) => {
      const ip = canonicalIp(value);
      if (ip === undefined) throw new SelkieError(`${value} is not an ip address`);
      return ip;
    }),
  };
}

const domain = /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*\.?\s*$/;

function checkDomains(values: string[]): string[] {
  for (const value of values) {
    if (value === '.') {
      if (values.length > 1) throw new SelkieError("cannot pass additional search domains when also specifying '.'");
    } else if (!/[a-zA-Z]/.test(value) || !domain.test(value) || value.length >= 255)
      throw new SelkieError(`${value} is not a valid domain`);
  }
  return values;
}
