import { connectContainer } from '../../../container/network-changes.ts';
import { InvalidNetwork } from '../../../network/errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class NetworkConnect extends SelkieCommand {
  static override summary = 'Connect a container to a network';
  static override examples = ['network connect mynet web', 'network connect --alias db mynet postgres'];
  static override usage = 'NETWORK CONTAINER';
  static override flags = {
    alias: flag.strings({ summary: 'Another name under which the network knows the container' }),
    ip: flag.ip({ summary: 'IPv4 address' }),
    ip6: flag.ip({ summary: 'IPv6 address' }),
    'mac-address': flag.string({ summary: 'MAC address' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['networks', 'containers'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(NetworkConnect);
    const mac = flags['mac-address'];
    if (mac !== '' && !/^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(mac)) throw new InvalidNetwork(`address ${mac}: invalid MAC address`);
    using engine = openContainers(this.globals);
    await connectContainer(engine, args[1]!, args[0]!, {
      aliases: [...flags.alias],
      staticIps: [flags.ip, flags.ip6].filter((address) => address !== ''),
      staticMac: mac === '' ? undefined : mac.replaceAll('-', ':').toLowerCase(),
    });
  }
}
