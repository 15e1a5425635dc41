import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ArtifactRm extends SelkieCommand {
  static override summary = 'Remove artifacts';
  static override examples = ['artifact rm quay.io/me/model:1', 'artifact rm --all'];
  static override usage = 'ARTIFACT [ARTIFACT...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every artifact' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'at least one artifact name or digest must be specified',
    unless: ['all'],
    complete: ['artifacts'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
