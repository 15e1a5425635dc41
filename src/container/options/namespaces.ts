import type { PerNetworkOptions } from '../container.ts';
import { InvalidArgument, InvalidOption } from '../create-errors.ts';
import type { NamespaceChoice, NetworkChoice } from '../create-options.ts';
import { canonicalIp, canonicalMac } from './addresses.ts';
import { cut } from './cut.ts';

/** `--pid`, `--uts`, `--cgroupns`. */
export function parseNamespace(text: string): NamespaceChoice {
  switch (text) {
    case 'pod':
      return { kind: 'pod' };
    case 'host':
      return { kind: 'host' };
    case 'private':
    case '':
      return { kind: 'private' };
  }
  if (text.startsWith('ns:')) return { kind: 'path', value: text.slice(3) };
  if (text.startsWith('container:')) return { kind: 'container', value: text.slice(10) };
  throw new InvalidOption(`unrecognized namespace mode ${text} passed`);
}

/** `--ipc`. */
export function parseIpcNamespace(text: string): NamespaceChoice {
  if (text === '' || text === 'shareable') return { kind: 'shareable' };
  if (text === 'none') return { kind: 'none' };
  return parseNamespace(text);
}

/** `--userns`. */
export function parseUserNamespace(text: string): NamespaceChoice {
  if (text === '') return { kind: 'host' };
  if (text === 'auto' || text === 'keep-id') return { kind: text };
  if (text === 'nomap') return { kind: 'no-map' };
  if (text.startsWith('auto:')) return { kind: 'auto', value: text.slice(5) };
  if (text.startsWith('keep-id:')) return { kind: 'keep-id', value: text.slice(8) };
  return parseNamespace(text);
}

export interface NetworkRequest {
  mode: NamespaceChoice;
  networks: NetworkChoice[];
  /** Options of pasta and slirp4netns. */
  modeOptions: string[];
}

const reservedNames = ['bridge', 'slirp4netns', 'pasta', 'pod', 'none', 'default', 'private', 'path', 'container', 'host'];

/** `--network`, repeated: the first says the mode, further ones may only add networks to a bridge. */
export function parseNetworkFlag(values: string[], defaultMode: string): NetworkRequest {
  const first = values[0] ?? defaultMode;
  const request = parseFirstNetwork(first);
  if (values.length > 1 && request.mode.kind !== 'bridge')
    throw new InvalidArgument(`cannot set multiple networks without bridge network mode, selected mode ${request.mode.kind}`);
  for (const value of values.slice(1)) {
    const [name, options] = cut(value, ':');
    if (name === '') throw new InvalidArgument('network name cannot be empty');
    if (reservedNames.includes(name))
      throw new InvalidArgument(`can only set extra network names, selected mode ${name} conflicts with bridge`);
    setNetwork(request.networks, name, options === undefined ? { interfaceName: '' } : networkOptions(name, options));
  }
  return request;
}

function parseFirstNetwork(text: string): NetworkRequest {
  const [head, options] = cut(text, ':');
  const plain = (kind: NamespaceChoice['kind'], value?: string): NetworkRequest => ({
    mode: { kind, ...(value === undefined ? {} : { value }) },
    networks: [],
    modeOptions: [],
  });
  switch (head) {
    case 'pasta':
    case 'slirp4netns':
      return { ...plain(head), modeOptions: options === undefined ? [] : options.split(',') };
    case 'bridge':
      return {
        mode: { kind: 'bridge' },
        networks: [{ name: 'default', options: options === undefined ? { interfaceName: '' } : parsePerNetworkOptions(options) }],
        modeOptions: [],
      };
    case 'ns':
      if (options !== undefined) return plain('path', options);
      break;
    case 'container':
      if (options !== undefined) return plain('container', options);
      break;
  }
  switch (text) {
    case 'pod':
      return plain('pod');
    case '':
    case 'default':
    case 'private':
      return plain('private');
    case 'none':
      return plain('none');
    case 'host':
      return plain('host');
  }
  const networks: NetworkChoice[] = [];
  if (options !== undefined) {
    if (head === '') throw new InvalidOption('network name cannot be empty');
    networks.push({ name: head, options: networkOptions(head, options) });
  } else {
    for (const name of text.split(',')) setNetwork(networks, name, { interfaceName: '' });
  }
  return { mode: { kind: 'bridge' }, networks, modeOptions: [] };
}

function networkOptions(name: string, options: string): PerNetworkOptions {
  try {
    return parsePerNetworkOptions(options);
  } catch (error) {
    throw new InvalidOption(`invalid option for network ${name}: ${(error as Error).message}`, { cause: error });
  }
}

function setNetwork(networks: NetworkChoice[], name: string, options: PerNetworkOptions): void {
  const known = networks.find((network) => network.name === name);
  if (known) known.options = options;
  else networks.push({ name, options });
}

/** `ip=,ip6=,mac=,alias=,interface_name=` and free options of a bridge network. */
export function parsePerNetworkOptions(text: string): PerNetworkOptions {
  const result: PerNetworkOptions = { interfaceName: '' };
  if (text === '') return result;
  for (const part of text.split(',')) {
    const [name, value = ''] = cut(part, '=');
    switch (name) {
      case 'ip':
      case 'ip6': {
        const ip = canonicalIp(value);
        if (ip === undefined) throw new InvalidOption(`invalid ip address ${JSON.stringify(value)}`);
        result.staticIps = [...(result.staticIps ?? []), ip];
        break;
      }
      case 'mac':
        result.staticMac = parseMac(value);
        break;
      case 'alias':
        if (value === '') throw new InvalidOption('alias cannot be empty');
        result.aliases = [...(result.aliases ?? []), value];
        break;
      case 'interface_name':
        if (value === '') throw new InvalidOption('interface_name cannot be empty');
        result.interfaceName = value;
        break;
      default:
        result.options = { ...result.options, [name]: value };
    }
  }
  return result;
}

/** A hardware address in Go's text, or its error. */
export function parseMac(text: string): string {
  const mac = canonicalMac(text);
  if (mac === undefined) throw new InvalidOption(`address ${text}: invalid MAC address`);
  return mac;
}
