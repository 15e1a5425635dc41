import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class KubeGenerate extends SelkieCommand {
  static override summary = '';
  static override usage = '{CONTAINER...|POD...|VOLUME...}';
  static override flags = {
    filename: flag.string({ short: 'f', summary: '' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], hidden: true, summary: '' }),
    'podman-only': flag.bool({ summary: '' }),
    replicas: flag.int32({ short: 'r', default: 1, summary: '' }),
    service: flag.bool({ short: 's', summary: '' }),
    type: flag.string({ short: 't', default: 'pod', summary: '' }),
  };
  static override args: Arguments = { min: 1, complete: ['everything'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
