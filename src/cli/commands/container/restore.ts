import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerRestore extends SelkieCommand {
  static override summary = 'Let containers go on from a checkpoint';
  static override examples = ['container restore mycontainer', 'container restore --import state.tar.zst'];
  static override usage = 'CONTAINER|IMAGE [CONTAINER|IMAGE...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container for which it is possible' }),
    'file-locks': flag.bool({ summary: 'Include file locks' }),
    'ignore-rootfs': flag.bool({ summary: 'Leave changed files out' }),
    'ignore-static-ip': flag.bool({ summary: 'Let the container have another address than it had' }),
    'ignore-static-mac': flag.bool({ summary: 'Let the container have another MAC address than it had' }),
    'ignore-volumes': flag.bool({ summary: 'Leave volumes out' }),
    import: flag.string({ short: 'i', summary: 'File with the checkpoint', complete: 'files' }),
    'import-previous': flag.string({ summary: 'File of the checkpoint before this one' }),
    keep: flag.bool({ short: 'k', summary: "Keep CRIU's temporary files" }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    name: flag.string({ short: 'n', summary: 'Name' }),
    pod: flag.string({ summary: 'Pod that it belongs to; new:NAME makes one', complete: 'pods' }),
    'print-stats': flag.bool({ summary: 'Show how long the steps took' }),
    publish: flag.strings({ short: 'p', defaultText: '[]', summary: 'Port to publish: [[ADDRESS:][PORT]:]CONTAINERPORT[/PROTOCOL]' }),
    'tcp-close': flag.bool({ summary: 'Close TCP connections' }),
    'tcp-established': flag.bool({ summary: 'Include TCP connections that are open' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'you must provide at least one name or id',
    unless: ['all', 'latest', 'import'],
    complete: ['containersAndImages'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
