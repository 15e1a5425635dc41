import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { printRemoval } from '../../output/buildah-removal.ts';

export default class BuildahRmi extends SelkieCommand {
  static override summary = 'Remove images';
  static override examples = ['rmi app', 'rmi --prune'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every image' }),
    force: flag.bool({ short: 'f', summary: 'Remove its containers too, and the image when it has other names' }),
    prune: flag.bool({ short: 'p', summary: 'Remove images without a name' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'image name or ID must be specified',
    unless: ['all', 'prune'],
    complete: ['images'],
  };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args } = this.parse(BuildahRmi);
    refuseLateFlags(args);
    if (flags.all && flags.prune) throw new SelkieError('when using the --all switch, you may not use --prune switch');
    if (args.length > 0 && flags.all) throw new SelkieError('when using the --all switch, you may not pass any images names or IDs');
    if (args.length > 0 && flags.prune) throw new SelkieError('when using the --prune switch, you may not pass any images names or IDs');
    using images = openImages(this.globals);
    const filters = flags.prune ? ['readonly=false', 'dangling=true'] : ['readonly=false', ...(flags.all ? [] : ['intermediate=false'])];
    printRemoval(await images.remove(args, { force: flags.force, filters, externalContainers: flags.prune }));
  }
}
