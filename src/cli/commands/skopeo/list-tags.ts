import { SelkieError } from '../../../errors.ts';
import { goJson } from '../../../image/go-json.ts';
import { parseReference, repositoryName } from '../../../image/reference.ts';
import { withRetries } from '../../../image/retry.ts';
import { listTags } from '../../../image/tags.ts';
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
    if (!name.startsWith('docker://'))
      throw new SelkieError(`Unsupported transport '${name.split(':')[0]}'. Only docker, docker-archive supported`);
    const typed = name.slice('docker://'.length);
    const reference = parseReference(typed);
    if (reference.tag !== undefined || reference.digest !== undefined) throw new SelkieError('No tag or digest allowed in reference');
    this.print({ Repository: repositoryName(reference), Tags: await withRetries(() => listTags(reference, options), toRetries(flags)) });
  }

  private print(list: { Repository?: string; Tags: string[] }): void {
    this.out(goJson(list, '    '));
  }
}

async function archiveTags(path: string): Promise<{ Tags: string[] }> {
  using archive = await ArchiveFile.open(path);
  return { Tags: archivedImages(archive).flatMap(({ repoTags }) => repoTags) };
}
