import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahCommit extends SelkieCommand {
  static override summary = 'Make an image of a working container';
  static override examples = ['commit mybuilder app', 'commit --rm mybuilder docker://quay.io/me/app'];
  static override flags = {
    'add-file': flag.stringArray({ valueName: 'source:destination', summary: 'Put a local file into the image: SOURCE:DESTINATION' }),
    annotation: flag.stringArray({ defaultText: '[]', summary: 'Annotation of the result, as key=value' }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: 'Directory that keeps blobs for another use' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    change: flag.stringArray({ short: 'c', valueName: 'instruction', summary: 'Containerfile instruction to apply to the image' }),
    config: flag.string({ valueName: 'file', summary: "File with a configuration to merge into the image's (JSON)" }),
    'created-annotation': flag.bool({ default: true, summary: 'Say in an annotation when the image was made' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: 'Name and password for the registry', complete: 'none' }),
    cw: flag.string({ valueName: 'options', summary: 'Make a confidential workload of the image: key=value,...' }),
    'disable-compression': flag.bool({ short: 'D', default: true, summary: 'Leave layers uncompressed' }),
    'encrypt-layer': flag.ints({ summary: 'Which layers to encrypt, by index; negative ones count from the end' }),
    'encryption-key': flag.strings({ summary: 'Key to encrypt for: PROTOCOL:KEYFILE', complete: 'files' }),
    format: flag.string({ short: 'f', default: 'oci', valueName: 'format', summary: 'Format of the image: oci or docker' }),
    'identity-label': flag.bool({ summary: 'Say in a label which builder made the image' }),
    iidfile: flag.string({ summary: "Write the image's ID to this file", complete: 'files' }),
    manifest: flag.string({ summary: 'List to which the image is added' }),
    'omit-history': flag.bool({ defaultText: 'false', summary: 'Leave out the history' }),
    'omit-timestamp': flag.bool({ hidden: true, summary: 'Set all times to the beginning of 1970' }),
    pull: flag.string({
      default: 'true',
      noOptDefault: 'true',
      summary: 'When to pull the images that scan: always, missing, never or newer',
      choices: ['always', 'missing', 'never', 'newer'],
    }),
    'pull-always': flag.bool({ hidden: true, summary: 'Pull even what is there' }),
    'pull-never': flag.bool({ hidden: true, summary: 'Pull nothing' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'reference-time': flag.string({ hidden: true, summary: 'Take all times from this file' }),
    'rewrite-timestamp': flag.bool({ summary: 'Set times in layers that are later than --source-date-epoch to it' }),
    rm: flag.bool({ summary: 'Remove the working container afterwards' }),
    sbom: flag.string({ valueName: 'preset', summary: 'Make a bill of materials by this preset' }),
    'sbom-image-output': flag.string({ valueName: 'path', summary: 'Write the bill of materials to this path in the image' }),
    'sbom-image-purl-output': flag.string({ valueName: 'path', summary: 'Write the list of package URLs to this path in the image' }),
    'sbom-merge-strategy': flag.string({
      valueName: 'strategy',
      summary: 'How the results of several scans become one',
      choices: ['cat', 'merge-cyclonedx-by-component-name-and-version', 'merge-spdx-by-package-name-and-versioninfo'],
    }),
    'sbom-output': flag.string({ valueName: 'file', summary: 'Write the bill of materials to this file' }),
    'sbom-purl-output': flag.string({ valueName: 'file', summary: 'Write the list of package URLs to this file' }),
    'sbom-scanner-command': flag.stringArray({ valueName: 'command', summary: "Command that scans, in the scanner's image" }),
    'sbom-scanner-image': flag.string({ valueName: 'image', summary: 'Image that has the scanner' }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: 'Sign by GnuPG with this key' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
    'source-date-epoch': flag.string({ valueName: 'seconds', summary: 'Set times of the image to this, in seconds since 1970' }),
    squash: flag.bool({ summary: 'Make one layer of everything' }),
    timestamp: flag.int({ valueName: 'seconds', summary: 'Set all times of the image to this, in seconds since 1970' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
    unsetannotation: flag.strings({ summary: 'Annotation to leave out' }),
    unsetenv: flag.strings({ summary: 'Variable to leave out' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'container ID must be specified', complete: ['workingContainers', 'transports'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
