import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { logOut } from '../../login.ts';

export default class SkopeoLogout extends SelkieCommand {
  static override summary = 'Forget the credentials for a registry';
  static override examples = ['logout quay.io'];
  static override usage = 'REGISTRY';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Forget every registry' }),
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'compat-auth-file': flag.string({ summary: "Write docker's file of credentials instead", complete: 'files' }),
    'tls-verify': flag.optionalBool({ summary: 'Require HTTPS and verify certificates' }),
  };
  static override args: Arguments = {
    min: 1,
    max: 1,
    tooFew: 'please provide a registry to log out from',
    tooMany: 'logout accepts only one registry to log out from',
    unless: ['all'],
    complete: ['registries'],
  };

  override run(): void {
    const { flags, args } = this.parse(SkopeoLogout);
    logOut(flags, args[0], this);
  }
}
