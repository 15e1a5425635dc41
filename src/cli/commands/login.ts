import { SecretStore } from '../../secret/secret-store.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { openContainers } from '../engine.ts';
import { flag } from '../flag.ts';
import { logIn } from '../login.ts';

export default class Login extends SelkieCommand {
  static override summary = 'Check credentials for a registry and keep them';
  static override description = 'They are kept in auth.json of the runtime directory, which is gone after a reboot, or in --authfile.';
  static override examples = ['login quay.io', 'login --username me --password-stdin quay.io'];
  static override usage = '[REGISTRY]';
  static override flags = {
    authfile: flag.string({ summary: 'File with the registry credentials (REGISTRY_AUTH_FILE)', complete: 'files' }),
    'cert-dir': flag.string({ summary: 'Directory with certificates for the registry', complete: 'directories' }),
    'compat-auth-file': flag.string({ summary: "Write docker's file of credentials instead", complete: 'files' }),
    'get-login': flag.bool({ summary: 'Print the name that is logged in, do not log in' }),
    password: flag.string({ short: 'p', summary: 'Password' }),
    'password-stdin': flag.bool({ summary: 'Read the password from the input' }),
    secret: flag.string({ summary: 'Take the password from this secret', complete: 'secrets' }),
    'tls-verify': flag.optionalBool({ summary: 'Require HTTPS and verify certificates' }),
    username: flag.string({ short: 'u', summary: 'Name' }),
    verbose: flag.bool({ short: 'v', summary: 'Say more' }),
  };
  static override args: Arguments = { max: 1, complete: ['registries'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(Login);
    // a secret may be named after the user whose password it is
    const username = flags.username || flags.secret;
    await logIn({ ...flags, username }, args[0], this, flags.secret ? this.secretValue(flags.secret) : undefined);
  }

  private secretValue(name: string): string {
    using containers = openContainers(this.globals);
    return Buffer.from(new SecretStore(containers.paths.secretsDir).value(name))
      .toString()
      .replace(/\r?\n$/, '');
  }
}
