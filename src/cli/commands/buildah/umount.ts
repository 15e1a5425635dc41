import { Builder } from '../../../build/builder.ts';
import { SelkieError } from '../../../errors.ts';
import type { ImageEngine } from '../../../image/image-engine.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { each } from '../../working-containers.ts';

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
    const { flags, args } = this.parse(BuildahUmount);
    if (args.length > 0 && flags.all) throw new SelkieError('when using the --all switch, you may not pass any container IDs');
    refuseLateFlags(args);
    using images = openImages(this.globals);
    each(flags.all ? Builder.all(images).map(({ id }) => id) : args, (name) => {
      const builder = opened(images, name);
      if (builder.mountPoint === '') return;
      builder.unmount();
      this.out(builder.id);
    });
  }
}

function opened(images: ImageEngine, name: string): Builder {
  try {
    return Builder.open(images, name);
  } catch (error) {
    throw error instanceof SelkieError ? new SelkieError(`error unmounting container ${name}: ${error.message}`, { cause: error }) : error;
  }
}
