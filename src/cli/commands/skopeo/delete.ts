import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { endpoint } from '../../flags/skopeo.ts';

export default class SkopeoDelete extends SelkieCommand {
  static override summary = 'Delete an image';
  static override description = 'Registries have to allow it, and free the space when they collect garbage.';
  static override examples = ['delete docker://registry.example.com/app:1'];
  static override usage = 'IMAGE-NAME';
  static override flags = {
    ...endpoint,
    'daemon-host': flag.string({ valueName: 'HOST', summary: "Address of docker's daemon (docker-daemon:)" }),
    'shared-blob-dir': flag.string({ valueName: 'DIRECTORY', summary: 'Directory in which OCI layouts share blobs' }),
  };
  static override args: Arguments = {
    min: 1,
    max: 1,
    tooFew: 'Usage: delete imageReference',
    tooMany: 'Usage: delete imageReference',
    complete: ['transports'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
