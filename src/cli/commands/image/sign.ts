import { existsSync } from 'node:fs';
import { checkAuthFile } from '../../../config/auth-json.ts';
import { SelkieError } from '../../../errors.ts';
import { parseImageName } from '../../../image/image-name.ts';
import type { ImageReference } from '../../../image/transport.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ImageSign extends SelkieCommand {
  static override summary = 'Write a signature for images';
  static override examples = ['image sign --sign-by me@example.com docker://quay.io/me/app'];
  static override usage = 'IMAGE [IMAGE...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Sign every image of a list' }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'cert-dir': flag.string({ valueName: 'Pathname', summary: 'Directory with certificates for the registry', complete: 'directories' }),
    directory: flag.string({ short: 'd', summary: 'Where signatures are written', complete: 'directories' }),
    'sign-by': flag.string({ summary: 'Sign by GnuPG with this key' }),
  };
  static override args: Arguments = { min: 1, complete: ['images'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ImageSign);
    const { authfile, directory } = flags;
    if (changed('authfile')) checkAuthFile(authfile);
    if (!flags['sign-by']) throw new SelkieError('no identity provided');
    if (directory && !existsSync(directory)) throw new SelkieError(`faccessat ${directory}: no such file or directory`);
    const { signImage } = await import('../../../image/sign.ts');
    for (const name of args)
      await signImage(parseName(name), {
        key: flags['sign-by'],
        ...(directory ? { directory } : {}),
        ...(flags.all ? { all: true } : {}),
        transport: { ...(authfile ? { authFile: authfile } : {}), ...(flags['cert-dir'] ? { certDir: flags['cert-dir'] } : {}) },
      });
  }
}

function parseName(text: string): ImageReference {
  try {
    return parseImageName(text);
  } catch (cause) {
    throw new SelkieError(`parsing image name: ${(cause as Error).message}`, { cause });
  }
}
