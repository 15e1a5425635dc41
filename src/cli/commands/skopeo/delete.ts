import { SelkieError } from '../../../errors.ts';
import { wrapped } from '../../../image/errors.ts';
import { parseImageName } from '../../../image/image-name.ts';
import { withRetries } from '../../../image/retry.ts';
import type { ImageReference } from '../../../image/transport.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { endpoint } from '../../flags/skopeo.ts';
import { toEndpoint, toRetries } from '../../flags/skopeo-endpoint.ts';

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

  override async run(): Promise<void> {
    const { flags, args } = this.parse(SkopeoDelete);
    const reference = parseSource(args[0]!);
    const options = toEndpoint(flags, '', this.globals);
    try {
      await withRetries(() => reference.delete(options), toRetries(flags));
    } catch (cause) {
      if (!(cause instanceof SelkieError)) throw cause;
      // that a registry has no such image is told by the text alone
      throw new SelkieError(cause.message, { cause, ...(reference.transport === 'docker' ? { exitCode: 1 } : {}) });
    }
  }
}

function parseSource(name: string): ImageReference {
  try {
    return parseImageName(name);
  } catch (cause) {
    throw wrapped(`Invalid source name ${name}`, cause);
  }
}
