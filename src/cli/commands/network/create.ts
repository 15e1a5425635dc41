import { createNetwork } from '../../../network/create-network.ts';
import { parsePairs, parseRoute, parseSubnets } from '../../../network/parse-wish.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers, openNetworkStore } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class NetworkCreate extends SelkieCommand {
  static override summary = '';
  static override usage = '[NAME]';
  static override flags = {
    'disable-dns': flag.bool({ summary: '' }),
    dns: flag.strings({ summary: '' }),
    driver: flag.string({ short: 'd', default: 'bridge', summary: '' }),
    gateway: flag.ips({ defaultText: '[]', summary: '' }),
    ignore: flag.bool({ summary: '' }),
    'interface-name': flag.string({ summary: '' }),
    internal: flag.bool({ summary: '' }),
    'ip-range': flag.stringArray({ summary: '' }),
    'ipam-driver': flag.string({ summary: '' }),
    ipv6: flag.bool({ summary: '' }),
    label: flag.stringArray({ summary: '' }),
    opt: flag.stringArray({ short: 'o', defaultText: '[]', summary: '' }),
    route: flag.stringArray({ summary: '' }),
    subnet: flag.stringArray({ summary: '' }),
  };
  static override args: Arguments = { max: 1, complete: ['none'] };

  override run(): void {
    const { flags, args, changed } = this.parse(NetworkCreate);
    const options = parsePairs(flags.opt, 'unable to parse options');
    const labels = parsePairs(flags.label, 'failed to parse labels');
    let networkInterface = flags['interface-name'];
    if (flags.driver === 'macvlan' || flags.driver === 'ipvlan') {
      networkInterface = options['parent'] ?? networkInterface;
      delete options['parent'];
    }
    const { network, created } = createNetwork(
      openNetworkStore(this.globals),
      {
        name: args[0] || undefined,
        driver: flags.driver,
        networkInterface,
        subnets: parseSubnets(flags.subnet, flags['ip-range'], flags.gateway),
        routes: flags.route.map(parseRoute),
        ipv6: flags.ipv6,
        internal: flags.internal,
        dns: !flags['disable-dns'],
        dnsServers: [...flags.dns],
        labels,
        options,
        ipamDriver: changed('ipam-driver') ? flags['ipam-driver'] : undefined,
      },
      flags.ignore,
    );
    using engine = openContainers(this.globals);
    if (created) engine.events.writeNetworkEvent('create', network);
    this.out(network.name);
  }
}
