import { NotYet } from '../../../../errors.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { flag } from '../../../flag.ts';

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

  override run(): void {
    throw new NotYet(this.path);
  }
}
