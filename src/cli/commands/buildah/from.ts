import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { fromAndRun } from '../../flags/buildah.ts';

export default class BuildahFrom extends SelkieCommand {
  static override summary = 'Make a working container from an image';
  static override description = 'Prints the container\'s name. "scratch" begins with nothing.';
  static override examples = ['from fedora', 'from --name mybuilder scratch'];
  static override flags = {
    ...fromAndRun,
    arch: flag.string({
      defaultText: '"amd64"',
      aliases: ['override-arch'],
      summary: 'Choose images for this architecture, not that of the machine',
    }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: 'Directory that keeps blobs for another use' }),
    'cdi-config-dir': flag.string({ hidden: true, summary: 'Directory with descriptions of CDI devices' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    cidfile: flag.string({ summary: "Write the container's ID to this file", complete: 'files' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: 'Name and password for the registry', complete: 'none' }),
    'decryption-key': flag.strings({ summary: 'Key for encrypted layers: FILE[:PASSPHRASE]', complete: 'files' }),
    format: flag.string({ short: 'f', default: 'oci', valueName: 'format', summary: 'Format of the image: oci or docker' }),
    name: flag.string({ valueName: 'name', summary: 'Name' }),
    os: flag.string({
      defaultText: '"linux"',
      valueName: 'OS',
      aliases: ['override-os'],
      summary: 'Choose images for this operating system, not the running one',
    }),
    platform: flag.strings({
      defaultText: '[linux/amd64]',
      valueName: 'OS/ARCH[/VARIANT]',
      summary: 'Choose images for this platform: OS/ARCH[/VARIANT]',
    }),
    pull: flag.string({
      noOptDefault: 'always',
      summary: 'When to pull: always, missing, never or newer',
      choices: ['always', 'missing', 'never', 'newer'],
    }),
    'pull-always': flag.bool({ hidden: true, summary: 'Pull even what is there' }),
    'pull-never': flag.bool({ hidden: true, summary: 'Pull nothing' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    retry: flag.int({ default: 3, summary: 'How often to try again' }),
    'retry-delay': flag.string({ summary: 'How long to wait before trying again' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
    suffix: flag.string({ hidden: true, summary: "Text put behind the container's name" }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
    variant: flag.string({ valueName: 'variant', summary: 'Choose images for this variant of the architecture' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'an image name (or "scratch") must be specified', complete: ['images'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
