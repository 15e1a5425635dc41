import { SelkieError } from '../../../../errors.ts';
import { annotateManifestList } from '../../../../image/list-commands.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { openImages } from '../../../engine.ts';
import { flag } from '../../../flag.ts';
import { toAnnotations } from '../../../flags/annotations.ts';

export default class BuildahManifestAnnotate extends SelkieCommand {
  static override summary = '';
  static override flags = {
    annotation: flag.strings({ valueName: 'annotation', summary: '' }),
    arch: flag.string({ valueName: 'Architecture', summary: '' }),
    features: flag.strings({ valueName: 'features', summary: '' }),
    index: flag.bool({ summary: '' }),
    os: flag.string({ valueName: 'OS', summary: '' }),
    'os-features': flag.strings({ valueName: 'features', summary: '' }),
    'os-version': flag.string({ valueName: 'version', summary: '' }),
    subject: flag.string({ summary: '' }),
    variant: flag.string({ valueName: 'Variant', summary: '' }),
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
