import { Builder, NoWorkingContainer } from '../../../build/builder.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { openBuilder } from '../../working-containers.ts';

export default class BuildahRename extends SelkieCommand {
  static override summary = 'Give a working container another name';
  static override examples = ['rename mybuilder app-builder'];
  static override args: Arguments = { min: 2, max: 2, complete: ['workingContainers', 'none'] };

  override run(): void {
    const { args } = this.parse(BuildahRename);
    const [name = '', wanted = ''] = args;
    using images = openImages(this.globals);
    const builder = openBuilder(images, name);
    if (builder.name === wanted) throw new SelkieError('renaming a container with the same name as its current name');
    let holder: Builder | undefined;
    try {
      holder = Builder.open(images, wanted);
    } catch (error) {
      if (!(error instanceof NoWorkingContainer)) throw error;
    }
    if (holder)
      throw new SelkieError(`the container name ${JSON.stringify(wanted)} is already in use by container ${JSON.stringify(holder.id)}`);
    builder.rename(wanted);
  }
}
