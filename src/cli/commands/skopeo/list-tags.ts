import { SelkieError } from '../../../errors.ts';
import { wrapped } from '../../../image/errors.ts';
import { goJson } from '../../../image/go-json.ts';
import { parseReference, type Reference, repositoryName } from '../../../image/reference.ts';
import { withRetries } from '../../../image/retry.ts';
import { listTags } from '../../../image/tags.ts';
import type { TransportOptions } from '../../../image/transport.ts';
import { ArchiveFile } from '../../../image/transports/archive-file.ts';
import { archivedImages } from '../../../image/transports/docker-archive.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { endpoint } from '../../flags/skopeo.ts';
import { toEndpoint, toRetries } from '../../flags/skopeo-endpoint.ts';

export default class SkopeoListTags extends SelkieCommand {
  static override summary = 'List the tags of a repository or archive';
  static override examples = ['list-tags docker://alpine', 'list-tags docker-archive:app.tar'];
  static override usage = 'SOURCE-IMAGE';
  static override flags = {
    ...endpoint,
  };
  static override args: Arguments = {
    min: 1,
    max: 1,
    tooFew: 'Exactly one non-option argument expected',
    tooMany: 'Exactly one non-option argument expected',
    helpFirst: true,
    complete: ['transports'],
  };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(SkopeoListTags);
    if (args.length !== 1) throw new SelkieError('Exactly one non-option argument expected');
    const name = args[0]!;
    const options = toEndpoint(flags, '', this.globals);
    if (name.startsWith('docker-archive:')) return this.print(await archiveTags(name.slice('docker-archive:'.length)));
    const colon = name.indexOf(':');
    if (colon < 0) throw new SelkieError(`Invalid ${JSON.stringify(name)}: does not specify a transport`);
    if (!name.startsWith('docker:'))
      throw new SelkieError(`Unsupported transport '${name.slice(0, colon)}' for tag listing. Only supported: docker, docker-archive`);
    if (!name.startsWith('docker://')) throw new SelkieError(`docker: image reference ${name} does not start with docker://`);
    const typed = name.slice('docker://'.length);
    const reference = parseReference(typed);
    if (reference.tag !== undefined || reference.digest !== undefined) throw new SelkieError('No tag or digest allowed in reference');
    this.print({ Repository: repositoryName(reference), Tags: await withRetries(() => tagsOf(reference, options), toRetries(flags)) });
  }

  private print(list: { Repository?: string; Tags: string[] }): void {
    this.out(goJson(list, '    '));
  }
}

async function tagsOf(repository: Reference, options: TransportOptions): Promise<string[]> {
  try {
    return await listTags(repository, options);
  } catch (cause) {
    throw wrapped('Error listing repository tags', cause);
  }
}

/** @param path what may stand behind it names one image and counts for nothing */
async function archiveTags(path: string): Promise<{ Tags: string[] }> {
  using archive = await ArchiveFile.open(path.split(':', 1)[0]!);
  return { Tags: archivedImages(archive).flatMap(({ repoTags }) => repoTags) };
}
