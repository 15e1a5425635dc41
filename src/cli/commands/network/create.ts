import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
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
    throw new NotYet(this.path);
  }
}
