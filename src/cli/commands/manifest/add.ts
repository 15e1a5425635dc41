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
  static override summary = 'Add images or files to a list';
  static override examples = ['manifest add app docker://quay.io/me/app:arm64', 'manifest add --artifact app notes.txt'];
  static override usage = 'LIST IMAGEORARTIFACT [IMAGEORARTIFACT...]';
  static override flags = {
    all: flag.bool({ summary: 'Every image of a list' }),
    annotation: flag.stringArray({ valueName: 'annotation', summary: 'Annotation, as key=value' }),
    arch: flag.string({ valueName: 'architecture', summary: 'Architecture that the list is to say' }),
    artifact: flag.bool({ summary: 'Add files as an artifact' }),
    'artifact-config': flag.string({ summary: "File with the artifact's configuration" }),
    'artifact-config-type': flag.string({ summary: "Media type of the artifact's configuration" }),
    'artifact-exclude-titles': flag.bool({ summary: 'Leave file names out of the artifact' }),
    'artifact-layer-type': flag.string({ summary: "Media type of the artifact's files" }),
    'artifact-subject': flag.string({ summary: 'Image that the artifact is about' }),
    'artifact-type': flag.string({ summary: 'Type of the artifact' }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: 'Name and password for the registry', complete: 'none' }),
    features: flag.strings({ valueName: 'features', summary: 'Feature that the CPU must have' }),
    insecure: flag.bool({ hidden: true, summary: 'Accept HTTP and certificates that cannot be verified' }),
    os: flag.string({ valueName: 'OS', summary: 'Operating system that the list is to say' }),
    'os-version': flag.string({ valueName: 'version', summary: 'Version of the system that the result is to say' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
    variant: flag.string({ valueName: 'Variant', summary: 'Variant of the architecture that the list is to say' }),
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
