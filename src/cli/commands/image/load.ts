import { existsSync } from 'node:fs';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { downloadFile } from '../../download.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isTerminal } from '../../is-terminal.ts';
import { copyProgress } from '../../output/copy-progress.ts';
import { type InputFile, standardInputFile } from '../../standard-input.ts';

export default class ImageLoad extends SelkieCommand {
  static override summary = 'Load images from an archive';
  static override description = 'docker-archive, oci-archive and directories of both kinds, compressed or not.';
  static override examples = ['load -i app.tar', 'load < app.tar.gz'];
  static override flags = {
    input: flag.string({ short: 'i', summary: 'Read from this file', complete: 'files' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    'signature-policy': flag.string({ hidden: true, summary: 'Read this trust policy in place of policy.json', complete: 'files' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags } = this.parse(ImageLoad);
    using input = await inputFile(flags.input);
    using images = openImages(this.globals);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const names = await images.load(input.path, {
      ...(flags['signature-policy'] ? { signaturePolicy: flags['signature-policy'] } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    for (const name of names) this.out(`Loaded image: ${name}`);
  }
}

async function inputFile(path: string): Promise<InputFile> {
  if (path === '') {
    if (isTerminal(0)) throw new SelkieError('cannot read from terminal, use command-line redirection or the --input flag');
    return standardInputFile();
  }
  if (/^https?:\/\//.test(path)) return downloadFile(path);
  if (!existsSync(path)) throw new SelkieError(`faccessat ${path}: no such file or directory`);
  return { path, [Symbol.dispose]: () => {} };
}
