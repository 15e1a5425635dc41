import { removeExitCode } from '../../../image/remove.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { joinErrors } from '../../output/several-errors.ts';

export default class ManifestRm extends SelkieCommand {
  static override summary = 'Remove lists';
  static override examples = ['manifest rm app'];
  static override usage = 'LIST [LIST...]';
  static override flags = {
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
  };
  static override args: Arguments = { min: 1, complete: ['manifests'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ManifestRm);
    using images = openImages(this.globals);
    const { reports, errors } = await images.remove(args, { manifestList: true, ignore: flags.ignore });
    for (const { untagged } of reports) for (const name of untagged) this.out(`Untagged: ${name}`);
    for (const { id, removed } of reports) if (removed) this.out(`Deleted: ${id}`);
    const failure = joinErrors(errors, removeExitCode(errors));
    if (failure) throw failure;
  }
}
