import { flag } from '../flag.ts';

/** How a container reaches the network and is reached. */
export const networking = {
  'add-host': flag.strings({ defaultText: '[]', summary: 'Line for /etc/hosts, as name:address' }),
  dns: flag.strings({ summary: 'Name server; "none" leaves resolv.conf as the image has it' }),
  'dns-option': flag.strings({ aliases: ['dns-opt'], summary: 'Option for resolv.conf' }),
  'dns-search': flag.strings({ summary: 'Domain to search; a dot for none' }),
  expose: flag.strings({ summary: 'Port to announce, as port or first-last, with /udp or /sctp' }),
  hostname: flag.string({ short: 'h', summary: 'Name of the host inside' }),
  'hosts-file': flag.string({ summary: 'File from which /etc/hosts is made: a path, "image" or "none"', complete: 'files' }),
  ip: flag.string({ summary: 'IPv4 address' }),
  ip6: flag.string({ summary: 'IPv6 address' }),
  'mac-address': flag.string({ summary: 'MAC address' }),
  network: flag.stringArray({
    aliases: ['net'],
    summary: 'Network: a name with options, host, none, private, pasta, container:NAME or ns:PATH',
    complete: 'networkModes',
  }),
  'network-alias': flag.strings({ summary: 'Another name under which networks know the container' }),
  'no-hostname': flag.bool({ summary: 'Leave /etc/hostname as the image has it' }),
  'no-hosts': flag.bool({ summary: 'Leave /etc/hosts as the image has it' }),
  publish: flag.strings({ short: 'p', defaultText: '[]', summary: 'Port to publish: [[ADDRESS:][PORT]:]CONTAINERPORT[/PROTOCOL]' }),
  'publish-all': flag.bool({ short: 'P', summary: 'Publish all ports that are announced, on ports chosen at random' }),
};
