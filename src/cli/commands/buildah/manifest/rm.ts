import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { openImages } from '../../../engine.ts';
import { printRemoval } from '../../../output/buildah-removal.ts';

export default class BuildahManifestRm extends SelkieCommand {
  static override summary = 'Remove lists';
  static override examples = ['manifest rm app'];
  static override args: Arguments = { min: 1 };

  override async run(): Promise<void> {
    const { args } = this.parse(BuildahManifestRm);
    using images = openImages(this.globals);
    printRemoval(await images.remove(args, { manifestList: true }));
  }
}
