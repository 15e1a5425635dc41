import { NotYet } from '../../../errors.ts';
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

  override run(): void {
    throw new NotYet(this.path);
  }
}
