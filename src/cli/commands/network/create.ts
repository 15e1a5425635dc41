import { noteNetwork } from '../../../container/network-use.ts';
import { warn } from '../../../diagnostics.ts';
import { createNetwork } from '../../../network/create-network.ts';
import { parsePairs, parseRoute, parseSubnets } from '../../../network/parse-wish.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers, openNetworkStore } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class NetworkCreate extends SelkieCommand {
  static override summary = 'Make a network';
  static override examples = ['network create mynet', 'network create --subnet 10.90.0.0/24 --gateway 10.90.0.1 mynet'];
  static override usage = '[NAME]';
  static override flags = {
    'disable-dns': flag.bool({ summary: 'Answer no names on this network' }),
    dns: flag.strings({ summary: 'Name server; "none" leaves resolv.conf as the image has it' }),
    driver: flag.string({ short: 'd', default: 'bridge', summary: 'What makes the network: bridge, macvlan or ipvlan' }),
    gateway: flag.ips({ defaultText: '[]', summary: 'Address of the gateway' }),
    ignore: flag.bool({ summary: 'What is there already is no error' }),
    'interface-name': flag.string({ summary: 'Interface of the host that the network uses', complete: 'interfaces' }),
    internal: flag.bool({ summary: 'Let nothing out of the network' }),
    'ip-range': flag.stringArray({ summary: 'Range from which addresses are given: CIDR or first-last' }),
    'ipam-driver': flag.string({ summary: 'Who gives addresses: host-local, dhcp or none' }),
    ipv6: flag.bool({ summary: 'Give IPv6 addresses too' }),
    label: flag.stringArray({ summary: 'Label, as key=value' }),
    macvlan: flag.string({ hidden: true, summary: 'Interface of the host to make a macvlan network on', complete: 'interfaces' }),
    opt: flag.stringArray({ short: 'o', defaultText: '[]', summary: 'Option of the driver, as key=value' }),
    route: flag.stringArray({ summary: 'Route: DESTINATION,GATEWAY[,METRIC]' }),
    subnet: flag.stringArray({ summary: 'Subnet in CIDR notation' }),
  };
  static override args: Arguments = { max: 1, complete: ['none'] };

  override run(): void {
    const { flags, args, changed } = this.parse(NetworkCreate);
    const options = parsePairs(flags.opt, 'unable to parse options');
    const labels = parsePairs(flags.label, 'failed to parse labels');
    let { driver } = flags;
    let networkInterface = flags['interface-name'];
    if (changed('macvlan')) {
      warn('The --macvlan option is deprecated, use `--driver macvlan --opt parent=<device>` instead');
      driver = 'macvlan';
      networkInterface = flags.macvlan;
    }
    if (driver === 'macvlan' || driver === 'ipvlan') {
      networkInterface = options['parent'] ?? networkInterface;
      delete options['parent'];
    }
    const { network, created } = createNetwork(
      openNetworkStore(this.globals),
      {
        name: args[0] || undefined,
        driver,
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
    if (created) noteNetwork(engine, 'create', network);
    this.out(network.name);
  }
}
