import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { logIn } from '../../login.ts';

export default class BuildahLogin extends SelkieCommand {
  static override summary = 'Check credentials for a registry and keep them';
  static override examples = ['login quay.io'];
  static override flags = {
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    'compat-auth-file': flag.string({ summary: "Write docker's file of credentials instead", complete: 'files' }),
    'get-login': flag.bool({ default: true, summary: 'Print the name that is logged in, do not log in' }),
    password: flag.string({ short: 'p', summary: 'Password' }),
    'password-stdin': flag.bool({ summary: 'Read the password from the input' }),
    'tls-verify': flag.optionalBool({ defaultText: 'true', summary: 'Require HTTPS and verify certificates' }),
    username: flag.string({ short: 'u', summary: 'Name' }),
    verbose: flag.bool({ short: 'v', summary: 'Say more' }),
  };
  static override args: Arguments = {
    min: 1,
    max: 1,
    tooFew: 'please specify a registry to login to',
    tooMany: 'too many arguments, login takes only 1 argument',
    complete: ['registries'],
  };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(BuildahLogin);
    await logIn(flags, args[0], this);
  }
}
