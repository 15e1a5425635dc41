import { announcesComposeProvider, composeEnvironment, findComposeProvider } from '../../config/compose-provider.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { isTerminal } from '../is-terminal.ts';

export default class Compose extends SelkieCommand {
  static override summary = 'Run docker-compose or podman-compose on this store';
  static override description =
    'The first of the providers in containers.conf that is installed is called with all arguments, and talks to the API socket.';
  static override examples = ['compose up -d', '--log-level=debug compose -f app.yaml pull'];
  static override usage = '[options]';
  static override args: Arguments = {};
  static override rawArguments = true;

  override run(): void {
    const { args } = this.parse(Compose);
    const provider = findComposeProvider();
    if (announcesComposeProvider()) {
      const notice = `>>>> Executing external compose provider ${JSON.stringify(provider)}. Please see podman-compose(1) for how to disable this message. <<<<\n\n`;
      this.err(isTerminal(2) ? `\x1b[4m${notice}\x1b[0m` : notice.slice(0, -1));
    }
    const { replaceProcess } = require('../../os/namespaces.ts') as typeof import('../../os/namespaces.ts');
    replaceProcess(provider, [provider, ...args], { ...process.env, ...composeEnvironment() });
  }
}
