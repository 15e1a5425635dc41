import { debug } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';

/** `--db-backend` or containers.conf asks for a database that cannot be had. */
export class DatabaseBackendError extends SelkieError {
  constructor(
    message: string,
    readonly backend: string,
  ) {
    super(message);
  }
}

/**
 * Refuses a wish for another database than SQLite as podman does, which lets BoltDB pass only for who tests it; here, the state is
 * in SQLite then too.
 *
 * @throws DatabaseBackendError
 */
export function checkDatabaseBackend(wish: string): void {
  switch (wish) {
    case '':
    case 'sqlite':
      return;
    case 'boltdb':
      if ((process.env.CI_DESIRED_DATABASE ?? '') === '') {
        throw new DatabaseBackendError(
          'the BoltDB backend has been deprecated, no new BoltDB databases can be created: invalid argument',
          wish,
        );
      }
      debug('Allowing deprecated database backend due to CI_DESIRED_DATABASE.');
      return;
    default:
      throw new DatabaseBackendError(`unsupported database backend: ${JSON.stringify(wish)}`, wish);
  }
}
