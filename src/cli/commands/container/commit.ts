import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';

export default class ContainerCommit extends SelkieCommand {
  static override summary = 'Make an image of what has changed in a container';
  static override examples = ['commit mycontainer quay.io/me/app:2', 'commit --change CMD=/bin/sh mycontainer'];
  static override usage = 'CONTAINER [IMAGE]';
  static override flags = {
    author: flag.string({ short: 'a', summary: 'Author of the image' }),
    change: flag.stringArray({ short: 'c', summary: 'Containerfile instruction to apply to the image' }),
    config: flag.string({ valueName: 'file', summary: "File with a configuration to merge into the image's (JSON)" }),
    format: flag.string({ short: 'f', default: 'oci', valueName: 'Format', summary: 'Format of the image: oci or docker' }),
    iidfile: flag.string({ valueName: 'file', summary: "Write the image's ID to this file", complete: 'files' }),
    'include-volumes': flag.bool({ summary: "Include the content of the container's volumes" }),
    message: flag.string({ short: 'm', summary: 'Message in the history of the image' }),
    pause: flag.bool({ short: 'p', summary: 'Pause it meanwhile' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing but the result' }),
    squash: flag.bool({ short: 's', summary: 'Make one layer of everything' }),
  };
  static override args: Arguments = { min: 1, max: 2, complete: ['containers', 'images'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
