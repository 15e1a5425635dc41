import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { confirm } from '../../confirm.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ImagePrune extends SelkieCommand {
  static override summary = 'Remove images that nothing uses';
  static override examples = ['image prune', 'image prune --all --filter until=240h'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Everything that nothing uses, not only what has no name' }),
    'build-cache': flag.bool({ summary: 'Caches of builds too' }),
    external: flag.bool({ summary: 'Images whose containers are of other tools too' }),
    filter: flag.stringArray({ summary: 'Condition that has to be met, as key=value' }),
    force: flag.bool({ short: 'f', summary: 'Do not ask' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags } = this.parse(ImagePrune);
    const bare = flags.filter.find((each) => !each.includes('='));
    if (bare !== undefined) throw new SelkieError(`filter input must be in the form of filter=value: ${bare} is invalid`);
    const what = flags.all ? 'all images without at least one container associated with them' : 'all dangling images';
    if (!flags.force && !confirm(`WARNING! This command removes ${what}.\nAre you sure you want to continue? [y/N] `)) return;
    using images = openImages(this.globals);
    const pruned = await images.prune({ all: flags.all, external: flags.external, filters: [...flags.filter] });
    for (const { id } of pruned) this.out(id);
    if (flags['build-cache']) (await import('../../../build/cache-directory.ts')).clearBuildCache();
  }
}
