import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { printRemoval } from '../../output/buildah-removal.ts';

export default class BuildahPrune extends SelkieCommand {
  static override summary = 'Remove images and caches that nothing uses';
  static override examples = ['prune'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Everything that nothing uses, not only what has no name' }),
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = {};
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args } = this.parse(BuildahPrune);
    if (args.length > 0) throw new SelkieError('prune command can not be called with arguments');
    using images = openImages(this.globals);
    const filters = ['readonly=false', ...(flags.all ? [] : ['dangling=true'])];
    printRemoval(await images.remove([], { force: flags.force, filters }));
    (await import('../../../build/cache-directory.ts')).clearBuildCache();
  }
}
