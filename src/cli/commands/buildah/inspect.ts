import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class BuildahInspect extends SelkieCommand {
  static override summary = 'Show all that is known about a working container or image';
  static override examples = ['inspect mybuilder', 'inspect --type image fedora'];
  static override flags = {
    format: flag.string({ short: 'f', valueName: 'format', summary: '"json", or a Go template' }),
    type: flag.string({
      short: 't',
      default: 'container',
      valueName: 'type',
      summary: 'What the name means: container, image or manifest',
    }),
  };
  static override args: Arguments = { min: 1, tooFew: 'container or image name must be specified', complete: ['workingContainers'] };
  static override interspersed = false;

  override run(): void {
    throw new NotYet(this.path);
  }
}
