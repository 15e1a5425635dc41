import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerStart extends SelkieCommand {
  static override summary = '';
  static override usage = 'CONTAINER [CONTAINER...]';
  static override flags = {
    all: flag.bool({ summary: '' }),
    attach: flag.bool({ short: 'a', summary: '' }),
    'detach-keys': flag.string({ defaultText: '"ctrl-p,ctrl-q"', valueName: '[a-Z]', summary: '' }),
    filter: flag.stringArray({ short: 'f', summary: '' }),
    interactive: flag.bool({ short: 'i', summary: '' }),
    latest: flag.bool({ short: 'l', summary: '' }),
    'sig-proxy': flag.bool({ defaultText: 'true if attaching, false otherwise', summary: '' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'start requires at least one argument',
    unless: ['all', 'latest', 'filter'],
    complete: ['containersStartable'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
