import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahUmount extends SelkieCommand {
  static override summary = 'Unmount working containers';
  static override examples = ['umount mybuilder'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Unmount every working container' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'at least one container ID must be specified',
    unless: ['all'],
    complete: ['workingContainers'],
  };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
