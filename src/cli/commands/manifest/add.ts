import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

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

  override run(): void {
    throw new NotYet(this.path);
  }
}
