import { Builder } from '../../../build/builder.ts';
import { goJson } from '../../../image/go-json.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { each, openBuilder } from '../../working-containers.ts';

export default class BuildahMount extends SelkieCommand {
  static override summary = 'Mount working containers and print where';
  static override description = 'Without a name, list those that are mounted.';
  static override examples = ['mount mybuilder'];
  static override flags = {
    json: flag.bool({ summary: 'As JSON' }),
    notruncate: flag.bool({ hidden: true, summary: 'Show everything in full' }),
  };
  static override args: Arguments = { complete: ['workingContainers'] };
  static override interspersed = false;

  override run(): void {
    const { flags, args } = this.parse(BuildahMount);
    refuseLateFlags(args);
    using images = openImages(this.globals);
    const mounts: { container?: string; mountPoint: string }[] = [];
    const print = (container: string | undefined, mountPoint: string): void => {
      if (flags.json) mounts.push({ ...(container === undefined ? {} : { container }), mountPoint });
      else this.out(container === undefined ? mountPoint : `${container} ${mountPoint}`);
    };
    try {
      if (args.length > 0) each(args, (name) => print(args.length > 1 ? name : undefined, openBuilder(images, name).mount()));
      else for (const builder of Builder.all(images)) if (builder.mountPoint !== '') print(builder.name, builder.mountPoint);
    } finally {
      if (flags.json) this.out(goJson(mounts.length > 0 ? mounts : null, '    '));
    }
  }
}
