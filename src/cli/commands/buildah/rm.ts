import { Builder } from '../../../build/builder.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { each, openBuilder } from '../../working-containers.ts';

export default class BuildahRm extends SelkieCommand {
  static override summary = 'Remove working containers';
  static override examples = ['rm mybuilder', 'rm --all'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every working container' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'container ID must be specified', unless: ['all'], complete: ['workingContainers'] };
  static override interspersed = false;

  override run(): void {
    const { flags, args } = this.parse(BuildahRm);
    if (args.length > 0 && flags.all) throw new SelkieError('when using the --all switch, you may not pass any containers names or IDs');
    refuseLateFlags(args);
    using images = openImages(this.globals);
    each(flags.all ? Builder.all(images).map(({ id }) => id) : args, (name) => {
      const builder = openBuilder(images, name, 'removing container');
      builder.remove();
      this.out(builder.id);
    });
  }
}
