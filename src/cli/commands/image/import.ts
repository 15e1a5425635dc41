import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { downloadFile } from '../../download.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { copyProgress } from '../../output/copy-progress.ts';
import { type InputFile, standardInputFile } from '../../standard-input.ts';

export default class ImageImport extends SelkieCommand {
  static override summary = 'Make an image of a tar archive of a filesystem';
  static override examples = ['import rootfs.tar app:1', 'import --change CMD=/bin/sh rootfs.tar'];
  static override usage = 'PATH [REFERENCE]';
  static override flags = {
    arch: flag.string({ summary: 'Architecture that the image is to say' }),
    change: flag.stringArray({ short: 'c', summary: 'Containerfile instruction to apply to the image' }),
    message: flag.string({ short: 'm', summary: 'Message in the history of the image' }),
    os: flag.string({ summary: 'Operating system that the image is to say' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
    variant: flag.string({ summary: 'Variant of the architecture that the image is to say' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['files', 'none'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ImageImport);
    using input = await this.#source(args[0]!);
    using images = openImages(this.globals);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const id = await images.import(input.path, {
      changes: [...flags.change],
      // what comes by standard input has no time of its own
      ...(args[0] === '-' ? { created: BigInt(Date.now()) * 1_000_000n } : {}),
      ...(flags.message ? { message: flags.message } : {}),
      ...(args[1] ? { tag: args[1] } : {}),
      ...(flags.os ? { os: flags.os } : {}),
      ...(flags.arch ? { architecture: flags.arch } : {}),
      ...(flags.variant ? { variant: flags.variant } : {}),
      ...(flags['signature-policy'] ? { signaturePolicy: flags['signature-policy'] } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    this.out(id);
  }

  #source(path: string): Promise<InputFile> | InputFile {
    if (path === '-') return standardInputFile();
    if (/^https?:\/\//.test(path)) {
      this.out(`Downloading from ${JSON.stringify(path)}`);
      return downloadFile(path);
    }
    if (path.includes(':')) {
      const scheme = path.slice(0, path.indexOf(':'));
      const reasons = [
        `invalid filename (should not contain ':') ${JSON.stringify(path)}`,
        `invalid URL ${JSON.stringify(path)}: unsupported scheme ${JSON.stringify(scheme)}`,
      ];
      throw new SelkieError(`2 errors occurred:\n${reasons.map((reason) => `\t* ${reason}\n`).join('')}\n`);
    }
    return { path, [Symbol.dispose]: () => {} };
  }
}
