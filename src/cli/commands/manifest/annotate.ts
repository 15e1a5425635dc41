import { SelkieError } from '../../../errors.ts';
import { annotateManifestList } from '../../../image/list-commands.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { toAnnotations } from '../../flags/annotations.ts';

export default class ManifestAnnotate extends SelkieCommand {
  static override summary = '';
  static override usage = 'LIST IMAGEORARTIFACT';
  static override flags = {
    annotation: flag.stringArray({ valueName: 'annotation', summary: '' }),
    arch: flag.string({ valueName: 'architecture', summary: '' }),
    features: flag.strings({ valueName: 'features', summary: '' }),
    index: flag.bool({ summary: '' }),
    os: flag.string({ valueName: 'OS', summary: '' }),
    'os-features': flag.strings({ valueName: 'features', summary: '' }),
    'os-version': flag.string({ valueName: 'version', summary: '' }),
    subject: flag.string({ valueName: 'subject', summary: '' }),
    variant: flag.string({ valueName: 'Variant', summary: '' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['manifests', 'images'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ManifestAnnotate);
    const [list = '', member] = args;
    if (list === '') throw new SelkieError('invalid image name ""');
    if (member === undefined && !flags.index) throw new SelkieError('expected an instance digest, image name, or artifact name');
    if (member !== undefined && flags.index)
      throw new SelkieError(`did not expect image or artifact name "${member}" when modifying the entire index`);
    if (member === '') throw new SelkieError('invalid instance digest, image name, or artifact name ""');
    const annotations = toAnnotations(
      flags.annotation,
      (text) => `expected --annotation ${JSON.stringify(text)} to be in key=value format`,
    );
    using images = openImages(this.globals);
    const { id } = await annotateManifestList(images, list, member, {
      architecture: flags.arch,
      os: flags.os,
      osVersion: flags['os-version'],
      osFeatures: [...flags['os-features']],
      variant: flags.variant,
      features: [...flags.features],
      ...(flags.index ? { indexAnnotations: annotations } : { annotations }),
      ...(flags.subject ? { subject: flags.subject } : {}),
    });
    this.out(id);
  }
}
