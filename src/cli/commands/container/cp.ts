import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerCp extends SelkieCommand {
  static override summary = '';
  static override usage = '[CONTAINER:]SRC_PATH [CONTAINER:]DEST_PATH';
  static override flags = {
    archive: flag.bool({ short: 'a', default: true, summary: '' }),
    extract: flag.bool({ hidden: true, summary: '' }),
    overwrite: flag.bool({ summary: '' }),
    pause: flag.bool({ hidden: true, summary: '' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['containerPaths'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
