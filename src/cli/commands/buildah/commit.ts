import { statSync, writeFileSync } from 'node:fs';
import { commitBuilder } from '../../../build/builder-commit.ts';
import { type ImageTimes, isTimeFixed } from '../../../build/image-times.ts';
import { refuseDeniedRegistry } from '../../../config/registry-sources.ts';
import { NotYet, SelkieError } from '../../../errors.ts';
import type { ImageEngine } from '../../../image/image-engine.ts';
import { addImageToList } from '../../../image/list-commands.ts';
import { createList, findList, listExists } from '../../../image/list-edit.ts';
import { formatReference, normalizeLocalName, withDefaultTag } from '../../../image/reference.ts';
import { signStoredImage } from '../../../image/sign-stored.ts';
import { gpgSigner } from '../../../image/signature/signer.ts';
import type { Arguments } from '../../arity.ts';
import { refuseLateFlags } from '../../buildah-arguments.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag, type Parsed } from '../../flag.ts';
import { toTime } from '../../flags/build-options.ts';
import { toBuilderFormat } from '../../flags/builder-settings.ts';
import { toCopyOptions, toPullPolicy } from '../../flags/copy-options.ts';
import { toEncryption } from '../../flags/encryption.ts';
import { toSbomScan } from '../../flags/sbom.ts';
import { buildahVersion } from '../../program.ts';
import { openBuilder } from '../../working-containers.ts';

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

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(BuildahCommit);
    refuseLateFlags(args);
    if (args.length > 2) throw new SelkieError('too many arguments specified');
    if (changed('blob-cache')) throw new NotYet('buildah commit --blob-cache');
    if (changed('cw'))
      throw new SelkieError(
        '--cw is not available: selkie makes no confidential workloads, which take an encrypted disk image and a server that attests',
      );
    if (changed('disable-compression') && !flags['disable-compression']) throw new NotYet('buildah commit --disable-compression=false');
    const [name = '', image = ''] = args;
    if (image.startsWith('docker://')) refuseDeniedRegistry('commit to', image);
    const isElsewhere = /^(docker|oci|dir|docker-archive|oci-archive|docker-daemon|containers-storage):/.test(image);
    const format = toBuilderFormat(flags.format, changed('format'));
    const given = changed as (name: string) => boolean;
    const times = toTimes(flags, given);
    const copy = toCopyOptions(flags, changed);
    const encryption = await toEncryption(flags['encryption-key'], flags['encrypt-layer']);
    const signers = flags['sign-by'] ? [gpgSigner(flags['sign-by'])] : [];
    using images = openImages(this.globals);
    using builder = openBuilder(images, name);
    const names = image === '' || isElsewhere ? [] : [formatReference(withDefaultTag(normalizeLocalName(image)))];
    const { id, layers } = await commitBuilder(images, builder, {
      names,
      format,
      squash: flags.squash,
      changes: flags.change,
      configFile: changed('config') ? flags.config : undefined,
      annotations: flags.annotation,
      unsetAnnotations: flags.unsetannotation,
      unsetEnv: flags.unsetenv,
      createdAnnotation: flags['created-annotation'],
      omitHistory: flags['omit-history'],
      identity: (changed('identity-label') ? flags['identity-label'] : !isTimeFixed(times)) ? buildahVersion : undefined,
      addFiles: toFiles(flags['add-file']),
      times,
      sbom: toSbomScan(flags, given, { contextDirs: [], pull: { ...copy, policy: toPullPolicy(flags.pull) } }),
    });
    if (!flags.quiet) this.report(id, layers);
    if (isElsewhere) {
      await images.push(id, image, { ...copy, ...(encryption ? { encryption } : {}), signers });
      if (images.store.images.find(id)?.names.length === 0) await images.remove([id]);
    } else if (signers.length > 0) await signStoredImage(images, id, signers, copy);
    if (flags.manifest !== '') await addToManifest(images, flags.manifest, id);
    if (flags.iidfile !== '') writeFileSync(flags.iidfile, id, { mode: 0o644 });
    this.out(id);
    if (flags.rm) builder.remove();
  }

  /** As a copy into the store reports itself. */
  private report(id: string, layers: readonly string[]): void {
    this.err('Getting image source signatures');
    for (const layer of layers) this.err(`Copying blob ${layer}`);
    this.err(`Copying config sha256:${id}`);
    this.err('Writing manifest to image destination');
  }
}

/** --timestamp, --source-date-epoch, and the old ways to say the first. @throws SelkieError */
function toTimes(flags: Parsed<typeof BuildahCommit.flags>, changed: (name: string) => boolean): ImageTimes {
  const given = ['timestamp', 'omit-timestamp', 'reference-time'].filter(changed);
  if (given.length > 1) throw new SelkieError(`the ${given.map((name) => `--${name}`).join(' and ')} flags can not be used together`);
  const epoch = changed('source-date-epoch') ? flags['source-date-epoch'] : process.env['SOURCE_DATE_EPOCH'];
  let timestamp: Date | undefined;
  if (changed('timestamp')) timestamp = new Date(flags.timestamp * 1000);
  if (flags['omit-timestamp']) timestamp = new Date(0);
  if (flags['reference-time'] !== '') {
    const stat = statSync(flags['reference-time'], { throwIfNoEntry: false });
    if (!stat) throw new SelkieError(`stat ${flags['reference-time']}: no such file or directory`);
    timestamp = stat.mtime;
  }
  return { timestamp, sourceDateEpoch: epoch ? toTime(epoch) : undefined, rewrite: flags['rewrite-timestamp'] };
}

/** Adds the image to a list, made where it is missing. */
async function addToManifest(images: ImageEngine, name: string, id: string): Promise<void> {
  const list = listExists(images, name) ? findList(images, name).id : createList(images, name);
  await addImageToList(images, list, `containers-storage:${id}`, {}, {});
}

/** `SOURCE[:DESTINATION]` */
function toFiles(specs: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const spec of specs) {
    const [source = '', destination = source] = spec.split(/:(.*)/s);
    const stat = statSync(source, { throwIfNoEntry: false });
    const failing = `parsing add-file argument ${JSON.stringify(spec)}: source ${JSON.stringify(source)}`;
    if (!stat) throw new SelkieError(`${failing}: stat ${source}: no such file or directory`);
    if (stat.isDirectory()) throw new SelkieError(`${failing} is not a regular file`);
    files.set(destination, source);
  }
  return files;
}
