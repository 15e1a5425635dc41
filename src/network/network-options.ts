import { InvalidNetwork } from './errors.ts';
import type { Network } from './types.ts';

/** What a bridge's options allow: other networks on its bridge, and subnets that the host uses. */
export interface BridgeSharing {
  sharesBridge: boolean;
  sharesSubnets: boolean;
}

const dockerNames: Record<string, string> = { 'com.docker.network.driver.mtu': 'mtu' };
const macvlanModes = ['bridge', 'private', 'vepa', 'passthru'];
const ipvlanModes = ['l2', 'l3', 'l3s'];

/**
 * Checks a network's driver options, and brings docker's names and Go's booleans into the words that netavark knows.
 * @throws InvalidNetwork
 */
export function completeOptions(network: Network): BridgeSharing {
  network.options ??= {};
  const { options } = network;
  if (network.driver === 'bridge') translateDockerOptions(network, options);
  const sharing = { sharesBridge: false, sharesSubnets: false };
  for (const [key, value] of Object.entries(options).sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (!checkCommon(options, key, value) && !checkOwn(network.driver, options, key, value, sharing)) {
      throw new InvalidNetwork(`unsupported ${network.driver} network option ${key}`);
    }
  }
  return sharing;
}

function translateDockerOptions(network: Network, options: Record<string, string>): void {
  for (const [theirs, ours] of Object.entries(dockerNames)) {
    if (options[theirs] === undefined) continue;
    options[ours] = options[theirs];
    delete options[theirs];
  }
  const bridge = options['com.docker.network.bridge.name'];
  if (bridge === undefined) return;
  network.network_interface = bridge;
  delete options['com.docker.network.bridge.name'];
}

function checkCommon(options: Record<string, string>, key: string, value: string): boolean {
  if (key === 'mtu') {
    const mtu = parseInteger(value);
    if (mtu < 0) throw new InvalidNetwork(`mtu ${mtu} is less than zero`);
  } else if (key === 'metric') {
    if (!/^\d+$/.test(value)) throw new InvalidNetwork(`strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`);
    if (Number(value) > 0xffff_ffff) throw new InvalidNetwork(`strconv.ParseUint: parsing ${JSON.stringify(value)}: value out of range`);
  } else if (key === 'no_default_route') {
    options[key] = String(parseBool(value));
  } else {
    return false;
  }
  return true;
}

function checkOwn(driver: string, options: Record<string, string>, key: string, value: string, sharing: BridgeSharing): boolean {
  if (driver === 'bridge') return checkBridge(options, key, value, sharing);
  if (key === 'mode') {
    const modes = driver === 'macvlan' ? macvlanModes : ipvlanModes;
    if (!modes.includes(value)) throw new InvalidNetwork(`unknown ${driver} mode "${value}"`);
    return true;
  }
  if (key !== 'bclim' || driver !== 'macvlan') return false;
  if (!/^[+-]?\d+$/.test(value)) {
    throw new InvalidNetwork(`failed to parse "bclim" option: strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  return true;
}

function checkBridge(options: Record<string, string>, key: string, value: string, sharing: BridgeSharing): boolean {
  switch (key) {
    case 'vlan': {
      const vlan = parseInteger(value);
      if (vlan < 0 || vlan > 4094) throw new InvalidNetwork(`vlan ID ${vlan} must be between 0 and 4094`);
      sharing.sharesBridge = true;
      sharing.sharesSubnets = true;
      return true;
    }
    case 'isolate':
      options[key] = value === 'strict' ? value : String(value === '' ? false : parseBool(value, 'failed to parse isolate option: '));
      return true;
    case 'vrf':
      if (value === '') throw new InvalidNetwork('invalid vrf name');
      return true;
    case 'mode':
      if (value === 'unmanaged') {
        sharing.sharesBridge = true;
        sharing.sharesSubnets = true;
      } else if (value !== 'managed') {
        throw new InvalidNetwork(`unknown bridge mode "${value}"`);
      }
      return true;
    default:
      return false;
  }
}

function parseInteger(text: string): number {
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) throw new InvalidNetwork(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** Go's strconv.ParseBool. */
function parseBool(text: string, prefix = ''): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw new InvalidNetwork(`${prefix}strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}
