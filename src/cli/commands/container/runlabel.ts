import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, pick } from '../../flag.ts';
import { selection } from '../../flags/selection.ts';

export default class ContainerRunlabel extends SelkieCommand {
  static override summary = 'Run the command that a label of an image says';
  static override examples = ['container runlabel run fedora'];
  static override usage = 'LABEL IMAGE [ARG...]';
  static override flags = {
    ...pick(selection, 'authfile', 'cert-dir', 'signature-policy'),
    creds: flag.string({ valueName: 'Credentials', summary: 'Name and password for the registry', complete: 'none' }),
    display: flag.bool({ summary: 'Show the command without running it' }),
    name: flag.string({ short: 'n', summary: "Name for the container that the label's command makes" }),
    opt1: flag.string({ hidden: true, summary: "First value for the label's command" }),
    opt2: flag.string({ hidden: true, summary: "Second value for the label's command" }),
    opt3: flag.string({ hidden: true, summary: "Third value for the label's command" }),
    pull: flag.bool({ short: 'p', hidden: true, summary: 'Accepted; without effect' }),
    quiet: flag.bool({ short: 'q', summary: 'Print less' }),
    replace: flag.bool({ summary: 'Take the place of a container of that name' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 2, complete: ['none', 'images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
