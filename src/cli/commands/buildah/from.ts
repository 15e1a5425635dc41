import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { fromAndRun } from '../../flags/buildah.ts';

export default class BuildahFrom extends SelkieCommand {
  static override summary = '';
  static override flags = {
    ...fromAndRun,
    arch: flag.string({ defaultText: '"amd64"', aliases: ['override-arch'], summary: '' }),
    authfile: flag.string({ summary: '', complete: 'files' }),
    'blob-cache': flag.string({ hidden: true, summary: '' }),
    'cdi-config-dir': flag.string({ hidden: true, summary: '' }),
    'cert-dir': flag.string({ summary: '', complete: 'directories' }),
    cidfile: flag.string({ summary: '', complete: 'files' }),
    creds: flag.string({ valueName: '[username[:password]]', summary: '', complete: 'none' }),
    'decryption-key': flag.strings({ summary: '', complete: 'files' }),
    format: flag.string({ short: 'f', default: 'oci', valueName: 'format', summary: '' }),
    name: flag.string({ valueName: 'name', summary: '' }),
    os: flag.string({ defaultText: '"linux"', valueName: 'OS', aliases: ['override-os'], summary: '' }),
    platform: flag.strings({ defaultText: '[linux/amd64]', valueName: 'OS/ARCH[/VARIANT]', summary: '' }),
    pull: flag.string({ noOptDefault: 'always', summary: '', choices: ['always', 'missing', 'never', 'newer'] }),
    'pull-always': flag.bool({ hidden: true, summary: '' }),
    'pull-never': flag.bool({ hidden: true, summary: '' }),
    quiet: flag.bool({ short: 'q', summary: '' }),
    retry: flag.int({ default: 3, summary: '' }),
    'retry-delay': flag.string({ summary: '' }),
    'signature-policy': flag.string({ hidden: true, summary: '', complete: 'files' }),
    suffix: flag.string({ hidden: true, summary: '' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: '' }),
    variant: flag.string({ valueName: 'variant', summary: '' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'an image name (or "scratch") must be specified', complete: ['images'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
