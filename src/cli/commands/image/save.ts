import { loadContainersConf } from '../../../config/containers-conf.ts';
import { SelkieError } from '../../../errors.ts';
import type { SaveFormat } from '../../../image/pull-options.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isTerminal } from '../../is-terminal.ts';
import { copyProgress } from '../../output/copy-progress.ts';

export default class ImageSave extends SelkieCommand {
  static override summary = 'Write images to an archive';
  static override examples = ['save -o app.tar app', 'save --format oci-archive app > app.tar'];
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    compress: flag.bool({ summary: 'Compress layers for the directory that is written (default is same compression type as source)' }),
    format: flag.string({ default: 'docker-archive', summary: 'What to write: docker-archive, docker-dir, oci-archive or oci-dir' }),
    'multi-image-archive': flag.bool({ short: 'm', summary: 'Write several images into one archive' }),
    output: flag.string({ short: 'o', summary: 'Write to this file', complete: 'files' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
    uncompressed: flag.bool({ summary: 'Accepted; without effect' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'need at least 1 argument', complete: ['images'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ImageSave);
    if (changed('compress') && flags.format !== 'docker-dir')
      throw new SelkieError("--compress can only be set when --format is 'docker-dir'");
    if (flags.output === '' && isTerminal(1)) throw new SelkieError('refusing to save to terminal. Use -o flag or redirect');
    const path = flags.output || '/dev/stdout';
    if (path.includes(':')) throw new SelkieError(`invalid filename (should not contain ':') ${JSON.stringify(path)}`);
    const multiple = changed('multi-image-archive') ? flags['multi-image-archive'] : loadContainersConf().engine.multi_image_archive;
    const onProgress = copyProgress({ quiet: flags.quiet || flags.output === '' });
    using images = openImages(this.globals);
    await images.save(multiple ? args : args.slice(0, 1), path, {
      format: toFormat(flags.format),
      additionalTags: multiple ? [] : args.slice(1),
      removeSignatures: true,
      compressLayers: flags.compress,
      acceptUncompressedLayers: flags.uncompressed,
      ...(flags['signature-policy'] ? { signaturePolicy: flags['signature-policy'] } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
  }
}

const formats: readonly string[] = ['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'] satisfies SaveFormat[];

function toFormat(text: string): SaveFormat {
  if (!formats.includes(text)) throw new SelkieError('format value must be one of oci-dir oci-archive docker-dir docker-archive');
  return text as SaveFormat;
}
