import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahCommit extends SelkieCommand {
  static override summary = '';
  static override flags = {
    'add-file': flag.stringArray({ valueName: 'source:destination', summary: '' }),
    annotation: flag.stringArray({ defaultText: '[]', summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: '' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    change: flag.stringArray({ short: 'c', valueName: 'instruction', summary: '' }),
    config: flag.string({ valueName: 'file', summary: '' }),
    'created-annotation': flag.bool({ default: true, summary: '' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: '', complete: 'none' }),
    cw: flag.string({ valueName: 'options', summary: '' }),
    'disable-compression': flag.bool({ short: 'D', default: true, summary: '' }),
    'encrypt-layer': flag.ints({ summary: '' }),
    'encryption-key': flag.strings({ summary: '', complete: 'files' }),
    format: flag.string({ short: 'f', default: 'oci', valueName: 'format', summary: '' }),
    'identity-label': flag.bool({ summary: '' }),
    iidfile: flag.string({ summary: '', complete: 'files' }),
    manifest: flag.string({ summary: '' }),
    'omit-history': flag.bool({ defaultText: 'false', summary: '' }),
    'omit-timestamp': flag.bool({ hidden: true, summary: '' }),
    pull: flag.string({ default: 'true', noOptDefault: 'true', summary: '', choices: ['always', 'missing', 'never', 'newer'] }),
    'pull-always': flag.bool({ hidden: true, summary: '' }),
    'pull-never': flag.bool({ hidden: true, summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    'reference-time': flag.string({ hidden: true, summary: '' }),
    'rewrite-timestamp': flag.bool({ summary: '' }),
    rm: flag.bool({ summary: '' }),
    sbom: flag.string({ valueName: 'preset', summary: '' }),
    'sbom-image-output': flag.string({ valueName: 'path', summary: '' }),
    'sbom-image-purl-output': flag.string({ valueName: 'path', summary: '' }),
    'sbom-merge-strategy': flag.string({
      valueName: 'strategy',
      summary: '',
      choices: ['cat', 'merge-cyclonedx-by-component-name-and-version', 'merge-spdx-by-package-name-and-versioninfo'],
    }),
    'sbom-output': flag.string({ valueName: 'file', summary: '' }),
    'sbom-purl-output': flag.string({ valueName: 'file', summary: '' }),
    'sbom-scanner-command': flag.stringArray({ valueName: 'command', summary: '' }),
    'sbom-scanner-image': flag.string({ valueName: 'image', summary: '' }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
    'source-date-epoch': flag.string({ valueName: 'seconds', summary: '' }),
    squash: flag.bool({ summary: '' }),
    timestamp: flag.int({ valueName: 'seconds', summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
    unsetannotation: flag.strings({ summary: '' }),
    unsetenv: flag.strings({ summary: '' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'container ID must be specified', complete: ['workingContainers', 'transports'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
