import { pushList } from '../../../../image/list-push.ts';
import type { Arguments } from '../../../arity.ts';
import { SelkieCommand } from '../../../command.ts';
import { writeDigestFile } from '../../../digest-file.ts';
import { openImages } from '../../../engine.ts';
import { flag } from '../../../flag.ts';
import { toCopyOptions } from '../../../flags/copy-options.ts';
import { toCompression, toManifestType, toReplicaFormat } from '../../../flags/push-options.ts';
import { toSigners } from '../../../flags/signing.ts';
import { copyProgress } from '../../../output/copy-progress.ts';

export default class BuildahManifestPush extends SelkieCommand {
  static override summary = 'Send a list to a registry or another place';
  static override examples = ['manifest push --all app docker://quay.io/me/app'];
  static override flags = {
    'add-compression': flag.stringArray({ summary: 'Push a copy of each instance in this compression too' }),
    all: flag.bool({ default: true, summary: 'Every image of a list' }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    'compression-format': flag.string({
      summary: 'Compression of the layers: gzip, zstd or zstd:chunked',
      choices: ['gzip', 'zstd', 'zstd:chunked'],
    }),
    'compression-level': flag.int({ summary: "How hard to compress, in the format's own scale" }),
    creds: flag.string({ valueName: '[username[:password]]', summary: 'Name and password for the registry', complete: 'none' }),
    digestfile: flag.string({ summary: 'Write the digest of what was pushed to this file', complete: 'files' }),
    'force-compression': flag.bool({ summary: 'Change layers that are compressed otherwise too' }),
    format: flag.string({ short: 'f', summary: 'Type of the manifest: oci, v2s1 or v2s2 (default is manifest type of source)' }),
    insecure: flag.bool({ hidden: true, summary: 'Accept HTTP and certificates that cannot be verified' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'remove-signatures': flag.bool({ summary: 'Leave signatures out' }),
    retry: flag.int({ default: 3, summary: 'How often to try again' }),
    'retry-delay': flag.string({ summary: 'How long to wait before trying again' }),
    rm: flag.bool({ aliases: ['purge'], summary: 'Remove it afterwards' }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: 'Sign by GnuPG with this key' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 1 };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahManifestPush);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const manifestType = toManifestType(flags.format, "'oci' or 'v2s2'");
    using images = openImages(this.globals);
    const { id } = images.lookup(args[0]!, { onlyManifestList: true });
    const digest = await pushList(images, args[0]!, args[1] ?? args[0]!, {
      ...toCopyOptions(flags, changed),
      signers: await toSigners(flags),
      ...toCompression(flags, changed),
      all: flags.all,
      ensureCompressions: flags['add-compression'].map(toReplicaFormat),
      ...(manifestType ? { manifestType } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    if (flags.digestfile) writeDigestFile(flags.digestfile, digest, `failed to write digest to file ${JSON.stringify(flags.digestfile)}: `);
    if (flags.rm) await images.remove([id], { manifestList: true });
  }
}
