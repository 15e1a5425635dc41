import { checkAuthFile } from '../../config/auth-json.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { flag } from '../flag.ts';
import { logOut } from '../login.ts';

export default class Logout extends SelkieCommand {
  static override summary = 'Forget the credentials for a registry';
  static override examples = ['logout quay.io', 'logout --all'];
  static override usage = '[REGISTRY]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Forget every registry' }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'compat-auth-file': flag.string({ summary: "Write docker's file of credentials instead", complete: 'files' }),
  };
  static override args: Arguments = { max: 1, complete: ['registries'] };

  override run(): void {
    const { flags, args, changed } = this.parse(Logout);
    if (changed('authfile')) checkAuthFile(flags.authfile);
    logOut(flags, args[0], this);
  }
}
