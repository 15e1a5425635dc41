import { checkAuthFile } from '../../../config/auth-json.ts';
import { loadContainersConf } from '../../../config/containers-conf.ts';
import { SelkieError } from '../../../errors.ts';
import type { ImageEngine } from '../../../image/image-engine.ts';
import { pushList } from '../../../image/list-push.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { writeDigestFile } from '../../digest-file.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { toCompression, toManifestType, toReplicaFormat } from '../../flags/push-options.ts';
import { signing, toSigners } from '../../flags/signing.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class ManifestPush extends SelkieCommand {
  static override summary = 'Send a list to a registry or another place';
  static override examples = ['manifest push --all app docker://quay.io/me/app'];
  static override usage = 'LIST DESTINATION';
  static override flags = {
    ...signing,
    'add-compression': flag.strings({ summary: 'Push a copy of each instance in this compression too' }),
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
    purge: flag.bool({ short: 'p', hidden: true, summary: 'Remove the list afterwards' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'remove-signatures': flag.bool({ summary: 'Leave signatures out' }),
    rm: flag.bool({ summary: 'Remove it afterwards' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['images'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ManifestPush);
    const list = args[0]!;
    const destination = args.at(-1)!;
    if (changed('authfile')) checkAuthFile(flags.authfile);
    if (list === '') throw new SelkieError('invalid image name ""');
    if (destination === '') throw new SelkieError('invalid destination ""');
    const onProgress = copyProgress({ quiet: flags.quiet });
    const manifestType = toManifestType(flags.format, "'oci' or 'v2s2'");
    using images = openImages(this.globals);
    const id = this.#find(images, list);
    const conf = loadContainersConf().engine;
    const digest = await pushList(images, list, destination, {
      ...toCopyOptions(flags, changed),
      signers: await toSigners(flags),
      ...toCompression(flags, changed, conf),
      all: flags.all,
      ensureCompressions: (changed('add-compression') ? flags['add-compression'] : conf.add_compression).map(toReplicaFormat),
      ...(manifestType ? { manifestType } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    if (flags.rm || flags.purge) {
      const { errors } = await images.remove([id], { manifestList: true });
      if (errors[0]) throw new SelkieError(`removing manifest after push: ${errors[0].message}`, { cause: errors[0] });
    }
    if (flags.digestfile) writeDigestFile(flags.digestfile, digest);
  }

  #find(images: ImageEngine, list: string): string {
    try {
      return images.lookup(list, { onlyManifestList: true }).id;
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      throw new SelkieError(`retrieving local image from image name ${list}: ${error.message}`, { cause: error });
    }
  }
}
