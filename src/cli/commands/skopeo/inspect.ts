import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { endpoint } from '../../flags/skopeo.ts';

export default class SkopeoInspect extends SelkieCommand {
  static override summary = 'Show an image without fetching it';
  static override examples = ['inspect docker://alpine', 'inspect --raw docker://alpine', 'inspect --config docker://alpine'];
  static override usage = 'IMAGE-NAME';
  static override flags = {
    ...endpoint,
    config: flag.bool({ summary: 'Show the configuration, not the summary' }),
    'daemon-host': flag.string({ valueName: 'HOST', summary: "Address of docker's daemon (docker-daemon:)" }),
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
    'no-tags': flag.bool({ short: 'n', summary: 'Do not ask for the tags of the repository' }),
    raw: flag.bool({ summary: 'Show the manifest as it is stored' }),
    'shared-blob-dir': flag.string({ valueName: 'DIRECTORY', summary: 'Directory in which OCI layouts share blobs' }),
  };
  static override args: Arguments = {
    min: 1,
    max: 1,
    tooFew: 'Exactly one argument expected',
    tooMany: 'Exactly one argument expected',
    complete: ['transports'],
  };

  override run(): void {
    throw new NotYet(this.path);
  }
}
