import { NotYet } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { flag } from '../flag.ts';

export default class Inspect extends SelkieCommand {
  static override summary = 'Show all that is known about an object';
  static override description = 'Containers are looked for first, then images, volumes, networks, pods and artifacts; --type narrows that.';
  static override examples = ['inspect mycontainer', "inspect --format '{{.Id}}' fedora"];
  static override usage = '{ARTIFACT|CONTAINER|IMAGE|POD|NETWORK|VOLUME} [...]';
  static override flags = {
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    size: flag.bool({ short: 's', summary: 'Tell sizes too' }),
    type: flag.string({
      short: 't',
      default: 'all',
      summary: 'What the name means: all, artifact, container, image, network, pod or volume',
    }),
  };
  static override args: Arguments = { min: 1, tooFew: 'no names or ids specified', unless: ['latest'], complete: ['everything'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
