import { readFileSync } from 'node:fs';
import { addArtifactToList } from '../../../../image/list-artifact.ts';
import { addImageToList } from '../../../../image/list-commands.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { openImages } from '../../../engine.ts';
import { flag } from '../../../flag.ts';
import { toAnnotations } from '../../../flags/annotations.ts';
import { toCopyOptions } from '../../../flags/copy-options.ts';

export default class BuildahManifestAdd extends SelkieCommand {
  static override summary = '';
  static override flags = {
    all: flag.bool({ summary: '' }),
    annotation: flag.strings({ valueName: 'annotation', summary: '' }),
    arch: flag.string({ valueName: 'architecture', aliases: ['override-arch'], summary: '' }),
    artifact: flag.bool({ summary: '' }),
    'artifact-annotation': flag.strings({ summary: '' }),
    'artifact-config': flag.string({ summary: '' }),
    'artifact-config-type': flag.string({ default: 'application/vnd.oci.empty.v1+json', summary: '' }),
    'artifact-exclude-titles': flag.bool({ summary: '' }),
    'artifact-layer-type': flag.string({ summary: '' }),
    'artifact-subject': flag.string({ summary: '' }),
    'artifact-type': flag.string({ summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: '', complete: 'none' }),
    features: flag.strings({ valueName: 'features', summary: '' }),
    insecure: flag.bool({ hidden: true, summary: '' }),
    os: flag.string({ valueName: 'OS', aliases: ['override-os'], summary: '' }),
    'os-features': flag.strings({ valueName: 'features', summary: '' }),
    'os-version': flag.string({ valueName: 'version', summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
    variant: flag.string({ valueName: 'variant', summary: '' }),
  };
  static override args: Arguments = { min: 2 };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahManifestAdd);
    const changes = {
      architecture: flags.arch,
      os: flags.os,
      osVersion: flags['os-version'],
      osFeatures: [...flags['os-features']],
      variant: flags.variant,
      features: [...flags.features],
      annotations: toAnnotations(flags.annotation),
    };
    using images = openImages(this.globals);
    if (flags.artifact) {
      const artifact = {
        ...(changed('artifact-type') ? { type: flags['artifact-type'] } : {}),
        ...(flags['artifact-config'] ? { config: readFileSync(flags['artifact-config'], 'utf8') } : {}),
        configType: flags['artifact-config-type'],
        layerType: flags['artifact-layer-type'],
        excludeTitles: flags['artifact-exclude-titles'],
        annotations: toAnnotations(flags['artifact-annotation']),
        ...(flags['artifact-subject'] ? { subject: flags['artifact-subject'] } : {}),
      };
      const added = await addArtifactToList(images, args[0]!, args.slice(1), artifact, changes);
      this.out(`${added.id}: ${added.digest}`);
    } else {
      const options = { ...toCopyOptions(flags, changed), all: flags.all };
      const added = await addImageToList(images, args[0]!, args[1]!, options, changes);
      this.out(`${added.id}: ${added.digest}`);
    }
  }
}
