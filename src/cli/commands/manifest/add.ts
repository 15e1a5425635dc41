import { readFileSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import { addArtifactToList, type ListArtifactOptions } from '../../../image/list-artifact.ts';
import { addImagesToList } from '../../../image/list-commands.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag, type Parsed } from '../../flag.ts';
import { toAnnotations } from '../../flags/annotations.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';

export default class ManifestAdd extends SelkieCommand {
  static override summary = '';
  static override usage = 'LIST IMAGEORARTIFACT [IMAGEORARTIFACT...]';
  static override flags = {
    all: flag.bool({ summary: '' }),
    annotation: flag.stringArray({ valueName: 'annotation', summary: '' }),
    arch: flag.string({ valueName: 'architecture', summary: '' }),
    artifact: flag.bool({ summary: '' }),
    'artifact-config': flag.string({ summary: '' }),
    'artifact-config-type': flag.string({ summary: '' }),
    'artifact-exclude-titles': flag.bool({ summary: '' }),
    'artifact-layer-type': flag.string({ summary: '' }),
    'artifact-subject': flag.string({ summary: '' }),
    'artifact-type': flag.string({ summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: '', complete: 'none' }),
    features: flag.strings({ valueName: 'features', summary: '' }),
    insecure: flag.bool({ hidden: true, summary: '' }),
    os: flag.string({ valueName: 'OS', summary: '' }),
    'os-version': flag.string({ valueName: 'version', summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
    variant: flag.string({ valueName: 'Variant', summary: '' }),
  };
  static override args: Arguments = { min: 2, complete: ['manifests', 'images'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ManifestAdd);
    const artifactFlags = [
      'artifact-type',
      'artifact-config',
      'artifact-config-type',
      'artifact-layer-type',
      'artifact-subject',
      'artifact-exclude-titles',
    ] as const;
    const given = artifactFlags.filter((name) => changed(name)).map((name) => `--${name}`);
    if (!flags.artifact && given.length > 0) throw new SelkieError(`${given.join('/')} require${given.length === 1 ? 's' : ''} --artifact`);
    const changes = {
      architecture: flags.arch,
      os: flags.os,
      osVersion: flags['os-version'],
      variant: flags.variant,
      features: [...flags.features],
      annotations: toAnnotations(flags.annotation),
    };
    using images = openImages(this.globals);
    if (flags.artifact) {
      const artifact = toArtifact(flags, changed('artifact-type'));
      this.out((await addArtifactToList(images, args[0]!, args.slice(1), artifact, changes)).id);
    } else {
      this.out(await addImagesToList(images, args[0]!, args.slice(1), { ...toCopyOptions(flags, changed), all: flags.all }, changes));
    }
  }
}

function toArtifact(flags: Parsed<typeof ManifestAdd.flags>, typed: boolean): ListArtifactOptions {
  return {
    ...(typed ? { type: flags['artifact-type'] } : {}),
    ...(flags['artifact-config'] ? { config: readConfig(flags['artifact-config']) } : {}),
    ...(flags['artifact-config-type'] ? { configType: flags['artifact-config-type'] } : {}),
    ...(flags['artifact-layer-type'] ? { layerType: flags['artifact-layer-type'] } : {}),
    ...(flags['artifact-subject'] ? { subject: flags['artifact-subject'] } : {}),
    excludeTitles: flags['artifact-exclude-titles'],
  };
}

function readConfig(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SelkieError(`open ${path}: no such file or directory`, { cause });
  }
}
