import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { logOut } from '../../login.ts';

export default class BuildahLogout extends SelkieCommand {
  static override summary = 'Forget the credentials for a registry';
  static override examples = ['logout quay.io'];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Forget every registry' }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'compat-auth-file': flag.string({ summary: "Write docker's file of credentials instead", complete: 'files' }),
  };
  static override args: Arguments = {
    min: 1,
    max: 1,
    tooFew: 'registry must be given',
    tooMany: 'too many arguments, logout takes at most 1 argument',
    unless: ['all'],
    complete: ['registries'],
  };
  static override interspersed = false;

  override run(): void {
    const { flags, args } = this.parse(BuildahLogout);
    logOut(flags, args[0], this);
  }
}
