import { flag } from '../flag.ts';

/** How a container reaches the network and is reached. */
export const networking = {
  'add-host': flag.strings({ defaultText: '[]', summary: '' }),
  dns: flag.strings({ summary: '' }),
  'dns-option': flag.strings({ aliases: ['dns-opt'], summary: '' }),
  'dns-search': flag.strings({ summary: '' }),
  expose: flag.strings({ summary: '' }),
  hostname: flag.string({ short: 'h', summary: '' }),
  'hosts-file': flag.string({ summary: '', complete: 'files' }),
  ip: flag.string({ summary: '' }),
  ip6: flag.string({ summary: '' }),
  'mac-address': flag.string({ summary: '' }),
  network: flag.stringArray({ aliases: ['net'], summary: '', complete: 'networkModes' }),
  'network-alias': flag.strings({ summary: '' }),
  'no-hostname': flag.bool({ summary: '' }),
  'no-hosts': flag.bool({ summary: '' }),
  publish: flag.strings({ short: 'p', defaultText: '[]', summary: '' }),
  'publish-all': flag.bool({ short: 'P', summary: '' }),
};
