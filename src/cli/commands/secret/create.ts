import { readFileSync } from 'node:fs';
import { secretsOf } from '../../../container/secrets.ts';
import { parsePairs } from '../../../network/parse-wish.ts';
import { SecretError } from '../../../secret/secret.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class SecretCreate extends SelkieCommand {
  static override summary = 'Keep a secret for containers';
  static override description = 'It is read from a file, from the input with a dash, or with --env from a variable.';
  static override examples = ['secret create mypassword ./password', 'printf secret | podman secret create mypassword -'];
  static override usage = 'NAME FILE|-';
  static override flags = {
    driver: flag.string({ short: 'd', default: 'file', summary: 'Where the secret is kept: file, pass or shell' }),
    'driver-opts': flag.stringMap({ defaultText: '[]', summary: 'Option of the driver, as key=value' }),
    env: flag.bool({ summary: 'Take the secret from the variable of this name' }),
    ignore: flag.bool({ summary: 'What is there already is no error' }),
    label: flag.stringArray({ short: 'l', summary: 'Label, as key=value' }),
    replace: flag.bool({ summary: 'Take the place of a secret of that name' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['none', 'files'] };

  override run(): void {
    const { flags, args, changed } = this.parse(SecretCreate);
    const [name = '', source = ''] = args;
    if (flags.ignore && flags.replace) throw new SecretError('cannot use --ignore and --replace flags together');
    const value = flags.env ? fromEnvironment(source) : fromFile(source);
    const labels = parsePairs(flags.label, 'unable to process labels');
    using engine = openContainers(this.globals);
    const { driver, opts } = engine.conf.secrets;
    const id = secretsOf(engine).create(name, value, {
      driver: changed('driver') ? flags.driver : driver,
      driverOptions: changed('driver-opts') ? { ...flags['driver-opts'] } : { ...opts },
      labels,
      replace: flags.replace,
      ignore: flags.ignore,
    });
    engine.events.writeEvent('secret', 'create', { ID: id });
    this.out(id);
  }
}

function fromEnvironment(variable: string): Uint8Array {
  const value = process.env[variable];
  if (!value) throw new SecretError(`cannot create store secret data: environment variable ${variable} is not set`);
  return Buffer.from(value);
}

function fromFile(path: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A directory has nothing in it to read, which the store refuses.
    if (code === 'EISDIR') return new Uint8Array();
    const missing = code === 'ENOENT';
    throw new SecretError(missing ? `open ${path}: no such file or directory` : `read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
