import { appendFileSync, writeFileSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import type { SyncKind } from '../../../image/sync.ts';
import { formatImageName } from '../../../image/transport.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit, pick } from '../../flag.ts';
import { signing, skopeoSigning, toSigners } from '../../flags/signing.ts';
import { deprecatedTlsVerify, endpoint, endpoints } from '../../flags/skopeo.ts';
import { toEndpoint, toManifestType, toPolicy, warnOfDeprecated } from '../../flags/skopeo-endpoint.ts';
import { startLog } from '../../log.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class SkopeoSync extends SelkieCommand {
  static override summary = 'Copy many images from one place to another';
  static override description = 'The source is a repository, a directory or a YAML file that lists repositories and tags.';
  static override examples = [
    'sync --src docker --dest dir registry.example.com/app ./mirror',
    'sync --src yaml --dest docker images.yaml registry.example.com/mirror',
  ];
  static override usage = '--src TRANSPORT --dest TRANSPORT SOURCE DESTINATION';
  static override flags = {
    ...omit(signing, 'sign-by'),
    ...endpoints,
    ...deprecatedTlsVerify,
    ...pick(endpoint, 'authfile', 'retry-delay', 'retry-times'),
    all: flag.bool({ short: 'a', summary: 'Every image of a list' }),
    'append-suffix': flag.string({ summary: 'Text put behind each tag at the destination' }),
    dest: flag.string({ short: 'd', summary: 'Transport of the destination: docker or dir' }),
    digestfile: flag.string({ summary: 'Write source and digest of each image to this file', complete: 'files' }),
    'dry-run': flag.bool({ summary: 'Say only what would be copied' }),
    format: flag.string({ short: 'f', summary: 'Type of the manifest: oci, v2s1 or v2s2' }),
    'keep-going': flag.bool({ summary: 'Go on when an image cannot be copied' }),
    'preserve-digests': flag.bool({ summary: 'Fail when the image would have to be changed' }),
    'remove-signatures': flag.bool({ summary: 'Leave signatures out' }),
    scoped: flag.bool({ summary: "Keep the source's whole name at the destination" }),
    'sign-by': flag.string({ valueName: 'FINGERPRINT', summary: 'Sign by GnuPG with this key' }),
    src: flag.string({ short: 's', summary: 'Transport of the source: docker, dir or yaml' }),
  };
  static override args: Arguments = {
    min: 2,
    max: 2,
    tooFew: 'Exactly two arguments expected',
    tooMany: 'Exactly two arguments expected',
    helpFirst: true,
  };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(SkopeoSync);
    if (args.length !== 2) throw new SelkieError('Exactly two arguments expected');
    warnOfDeprecated(flags);
    const [from, to] = kinds(flags.src, flags.dest);
    // Each image is told of, as skopeo does, where nothing else was asked for.
    if (this.globals.logLevel === '' || this.globals.logLevel === 'warn') startLog('info');
    const onProgress = copyProgress({ stdout: true });
    const signers = await toSigners(flags, skopeoSigning);
    const file = flags.digestfile;
    if (file) writeFileSync(file, '');
    const { syncImages } = await import('../../../image/sync.ts');
    await syncImages(from, args[0]!, to, args[1]!, {
      source: toEndpoint(flags, 'src-', this.globals),
      destination: toEndpoint(flags, 'dest-', this.globals),
      copy: {
        policy: toPolicy(this.globals),
        instances: flags.all ? 'all' : 'system',
        manifestType: toManifestType(flags.format),
        preserveDigests: flags['preserve-digests'],
        removeSignatures: flags['remove-signatures'],
        signers,
        skipWhenPresent: true,
        ...(onProgress ? { onProgress } : {}),
      },
      scoped: flags.scoped ?? false,
      suffix: flags['append-suffix'] ?? '',
      dryRun: flags['dry-run'] ?? false,
      keepGoing: flags['keep-going'] ?? false,
      retries: flags['retry-times'] ?? 0,
      retryDelay: flags['retry-delay'] || 1000,
      ...(file ? { onCopied: (place, digest) => appendFileSync(file, `${digest} ${formatImageName(place)}\n`) } : {}),
    });
  }
}

function kinds(source: string | undefined, destination: string | undefined): [SyncKind, 'docker' | 'dir'] {
  if (!source) throw new SelkieError('A source transport must be specified');
  if (source !== 'docker' && source !== 'dir' && source !== 'yaml')
    throw new SelkieError(`${JSON.stringify(source)} is not a valid source transport`);
  if (!destination) throw new SelkieError('A destination transport must be specified');
  if (destination !== 'docker' && destination !== 'dir')
    throw new SelkieError(`${JSON.stringify(destination)} is not a valid destination transport`);
  if (source === 'dir' && destination === 'dir')
    throw new SelkieError("sync from 'dir' to 'dir' not implemented, consider using rsync instead");
  return [source, destination];
}
