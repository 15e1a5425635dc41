import { Builder, NoWorkingContainer } from '../../../build/builder.ts';
import { type BuilderInfo, builderInfo, imageInfo } from '../../../build/builder-view.ts';
import { SelkieError } from '../../../errors.ts';
import { goJson } from '../../../image/go-json.ts';
import type { ImageEngine } from '../../../image/image-engine.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isTerminal } from '../../is-terminal.ts';
import { builderView } from '../../output/builder-view.ts';
import { parseTemplate } from '../../output/template.ts';

export default class BuildahInspect extends SelkieCommand {
  static override summary = 'Show all that is known about a working container or image';
  static override examples = ['inspect mybuilder', 'inspect --type image fedora'];
  static override flags = {
    format: flag.string({ short: 'f', valueName: 'format', summary: '"json", or a Go template' }),
    type: flag.string({
      short: 't',
      default: 'container',
      valueName: 'type',
      summary: 'What the name means: container, image or manifest',
    }),
  };
  static override args: Arguments = { min: 1, tooFew: 'container or image name must be specified', complete: ['workingContainers'] };
  static override interspersed = false;

  override run(): void {
    const { flags, args, changed } = this.parse(BuildahInspect);
    refuseLateFlags(args);
    if (args.length > 1) throw new SelkieError('too many arguments specified');
    using images = openImages(this.globals);
    const found = look(images, args[0]!, flags.type, changed('type'));
    if (flags.format === '') {
      this.out(goJson(found, '    '));
      return;
    }
    if (!/\{\{.*\}\}/.test(flags.format)) throw new SelkieError(`invalid format provided: ${flags.format}`);
    this.write(parseTemplate('inspect', flags.format).execute(builderView(found)) + (isTerminal(1) ? '\n' : ''));
  }
}

function look(images: ImageEngine, name: string, type: string, typed: boolean): BuilderInfo {
  switch (type) {
    case 'container':
      try {
        return builderInfo(Builder.open(images, name));
      } catch (error) {
        if (!(error instanceof NoWorkingContainer)) throw error;
        if (typed) throw new SelkieError(`reading build container: ${error.message}`, { cause: error });
      }
      return imageOrList(images, name);
    case 'image':
      return imageInfo(images.lookup(name));
    case 'manifest':
      return images.lookup(name, { onlyManifestList: true }).manifest().parsed;
    default:
      throw new SelkieError('the only recognized types are "container" and "image"');
  }
}

function imageOrList(images: ImageEngine, name: string): BuilderInfo {
  const image = images.lookup(name, { manifestList: true });
  return image.isManifestList ? image.manifest().parsed : imageInfo(image);
}
