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
  static override summary = 'Add images or files to a list';
  static override examples = ['manifest add app docker://quay.io/me/app:arm64'];
  static override flags = {
    all: flag.bool({ summary: 'Every image of a list' }),
    annotation: flag.strings({ valueName: 'annotation', summary: 'Annotation, as key=value' }),
    arch: flag.string({ valueName: 'architecture', aliases: ['override-arch'], summary: 'Architecture that the list is to say' }),
    artifact: flag.bool({ summary: 'Add files as an artifact' }),
    'artifact-annotation': flag.strings({ summary: 'Annotation of the artifact, as key=value' }),
    'artifact-config': flag.string({ summary: "File with the artifact's configuration" }),
    'artifact-config-type': flag.string({
      default: 'application/vnd.oci.empty.v1+json',
      summary: "Media type of the artifact's configuration",
    }),
    'artifact-exclude-titles': flag.bool({ summary: 'Leave file names out of the artifact' }),
    'artifact-layer-type': flag.string({ summary: "Media type of the artifact's files" }),
    'artifact-subject': flag.string({ summary: 'Image that the artifact is about' }),
    'artifact-type': flag.string({ summary: 'Type of the artifact' }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: 'Name and password for the registry', complete: 'none' }),
    features: flag.strings({ valueName: 'features', summary: 'Feature that the CPU must have' }),
    insecure: flag.bool({ hidden: true, summary: 'Accept HTTP and certificates that cannot be verified' }),
    os: flag.string({ valueName: 'OS', aliases: ['override-os'], summary: 'Operating system that the list is to say' }),
    'os-features': flag.strings({ valueName: 'features', summary: 'Feature that the system must have' }),
    'os-version': flag.string({ valueName: 'version', summary: 'Version of the system that the result is to say' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
    variant: flag.string({ valueName: 'variant', summary: 'Variant of the architecture that the list is to say' }),
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
