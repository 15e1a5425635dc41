import { writeFileSync } from 'node:fs';
import { pushArtifact } from '../../../artifact/transfer.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openArtifacts } from '../../engine.ts';
import { flag, pick } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { retries } from '../../flags/retries.ts';
import { selection } from '../../flags/selection.ts';
import { signing, toSigners } from '../../flags/signing.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class ArtifactPush extends SelkieCommand {
  static override summary = 'Send an artifact to a registry';
  static override examples = ['artifact push quay.io/me/model:1'];
  static override usage = 'ARTIFACT';
  static override flags = {
    ...pick(selection, 'authfile', 'signature-policy'),
    ...retries('push'),
    ...signing,
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    creds: flag.string({ valueName: 'Credentials', summary: 'Name and password for the registry', complete: 'none' }),
    digestfile: flag.string({ summary: 'Write the digest of what was pushed to this file', complete: 'files' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['artifacts'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ArtifactPush);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const options = { ...toCopyOptions(flags, changed), signers: await toSigners(flags), ...(onProgress ? { onProgress } : {}) };
    using artifacts = openArtifacts(this.globals);
    const digest = await pushArtifact(artifacts, args[0]!, options);
    if (flags.digestfile) writeFileSync(flags.digestfile, digest);
  }
}
