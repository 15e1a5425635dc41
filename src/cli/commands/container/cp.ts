import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerCp extends SelkieCommand {
  static override summary = 'Copy files between a container and the host';
  static override description =
    'A path of a container has its name and a colon in front; a dash stands for a tar archive on the input or output. Links in the container cannot lead out of it.';
  static override examples = ['cp mycontainer:/etc/passwd .', 'cp ./conf mycontainer:/etc/app'];
  static override usage = '[CONTAINER:]SRC_PATH [CONTAINER:]DEST_PATH';
  static override flags = {
    archive: flag.bool({ short: 'a', default: true, summary: 'Keep owner and group' }),
    extract: flag.bool({ hidden: true, summary: 'Accepted; without effect' }),
    overwrite: flag.bool({ summary: 'Let a directory take the place of a file, and the other way round' }),
    pause: flag.bool({ hidden: true, summary: 'Accepted; without effect' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['containerPaths'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
