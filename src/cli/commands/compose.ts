import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';

export default class Compose extends SelkieCommand {
  static override summary = 'Run docker-compose or podman-compose on this store';
  static override description =
    'The first of the providers in containers.conf that is installed is called with all arguments, and talks to the API socket.';
  static override examples = ['compose up -d'];
  static override usage = '[options]';
  static override args: Arguments = {};
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
