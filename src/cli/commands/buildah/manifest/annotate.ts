import { SelkieError } from '../../../../errors.ts';
import { annotateManifestList } from '../../../../image/list-commands.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { openImages } from '../../../engine.ts';
import { flag } from '../../../flag.ts';
import { toAnnotations } from '../../../flags/annotations.ts';

export default class BuildahManifestAnnotate extends SelkieCommand {
  static override summary = 'Change what a list says about an image';
  static override examples = ['manifest annotate --arch arm64 app sha256:1234'];
  static override flags = {
    annotation: flag.strings({ valueName: 'annotation', summary: 'Annotation, as key=value' }),
    arch: flag.string({ valueName: 'Architecture', summary: 'Architecture that the list is to say' }),
    features: flag.strings({ valueName: 'features', summary: 'Feature that the CPU must have' }),
    index: flag.bool({ summary: 'Annotate the list itself, not an image in it' }),
    os: flag.string({ valueName: 'OS', summary: 'Operating system that the list is to say' }),
    'os-features': flag.strings({ valueName: 'features', summary: 'Feature that the system must have' }),
    'os-version': flag.string({ valueName: 'version', summary: 'Version of the system that the result is to say' }),
    subject: flag.string({ summary: 'Image that the list is about' }),
    variant: flag.string({ valueName: 'Variant', summary: 'Variant of the architecture that the list is to say' }),
  };
  static override args: Arguments = { min: 1, max: 2 };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(BuildahManifestAnnotate);
    const [list = '', member] = args;
    if (member === undefined && !flags.index) throw new SelkieError('expected an instance digest, image name, or artifact name');
    const annotations = toAnnotations(flags.annotation);
    using images = openImages(this.globals);
    const { id, digest } = await annotateManifestList(images, list, flags.index ? undefined : member, {
      architecture: flags.arch,
      os: flags.os,
      osVersion: flags['os-version'],
      osFeatures: [...flags['os-features']],
      variant: flags.variant,
      features: [...flags.features],
      ...(flags.index ? { indexAnnotations: annotations } : { annotations }),
      ...(flags.subject ? { subject: flags.subject } : {}),
    });
    this.out(digest === undefined ? id : `${id}: ${digest}`);
  }
}
