import { pullArtifact } from '../../../artifact/transfer.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openArtifacts } from '../../engine.ts';
import { flag, pick } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { toDecryption } from '../../flags/encryption.ts';
import { selection } from '../../flags/selection.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class ArtifactPull extends SelkieCommand {
  static override summary = 'Fetch an artifact from a registry';
  static override examples = ['artifact pull quay.io/me/model:1'];
  static override usage = 'ARTIFACT';
  static override flags = {
    ...pick(selection, 'authfile', 'cert-dir', 'decryption-key', 'retry', 'retry-delay'),
    creds: flag.string({ valueName: 'Credentials', summary: 'Name and password for the registry', complete: 'none' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['artifacts'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ArtifactPull);
    const onProgress = copyProgress({ quiet: flags.quiet, stdout: true });
    const decryption = await toDecryption(flags['decryption-key']);
    const options = { ...toCopyOptions(flags, changed), ...(decryption ? { decryption } : {}), ...(onProgress ? { onProgress } : {}) };
    using artifacts = openArtifacts(this.globals);
    await pullArtifact(artifacts, args[0]!, options);
  }
}
