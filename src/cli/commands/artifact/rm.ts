import { ArtifactNotKnown } from '../../../artifact/errors.ts';
import { SelkieError } from '../../../errors.ts';
import { digestHex } from '../../../image/digest.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openArtifacts } from '../../engine.ts';
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
    const { flags, args } = this.parse(ArtifactRm);
    if (flags.all && args.length > 0) throw new SelkieError('when using the --all switch, you may not pass any artifact names or digests');
    using artifacts = openArtifacts(this.globals);
    const names = flags.all ? artifacts.list().map(({ digest }) => digestHex(digest)) : args;
    const removed: string[] = [];
    for (const name of names) {
      try {
        removed.push(digestHex(artifacts.remove(name)));
      } catch (error) {
        if (!(flags.ignore && error instanceof ArtifactNotKnown)) throw error;
      }
    }
    for (const digest of removed) this.out(digest);
  }
}
