import { SelkieError } from '../../../errors.ts';
import { removeExitCode } from '../../../image/remove.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers, openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { joinErrors } from '../../output/several-errors.ts';

export default class ImageRm extends SelkieCommand {
  static override summary = 'Remove images';
  static override description = 'An image that has several names only loses the one that is given.';
  static override examples = ['rmi app:1', 'rmi --all --force'];
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every image' }),
    force: flag.bool({ short: 'f', summary: 'Remove its containers too, and the image when it has other names' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
    'no-prune': flag.bool({ summary: 'Keep images that lose their last name' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'image name or ID must be specified', unless: ['all'], complete: ['images'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ImageRm);
    if (flags.all && args.length > 0) throw new SelkieError('when using the --all switch, you may not pass any images names or IDs');
    using engine = flags.force ? openContainers(this.globals) : openImages(this.globals);
    const images = 'images' in engine ? engine.images : engine;
    const { reports, errors } = await images.remove(args, {
      force: flags.force,
      ignore: flags.ignore || flags.force,
      noPrune: flags['no-prune'],
      filters: ['readonly=false', ...(flags.all ? [] : ['intermediate=false'])],
    });
    for (const { untagged } of reports) for (const name of untagged) this.out(`Untagged: ${name}`);
    for (const { id, removed } of reports) if (removed) this.out(`Deleted: ${id}`);
    const failure = joinErrors(errors, removeExitCode(errors));
    if (failure) throw failure;
  }
}
