import { SelkieError } from '../../../errors.ts';
import { goJson } from '../../../image/go-json.ts';
import { type SearchResult, searchImages } from '../../../image/search.ts';
import { transportOptions } from '../../../image/store-copy.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { registryAccess } from '../../flags/registry.ts';
import { isJsonFormat, renderReport } from '../../output/report.ts';
import { named } from '../../output/template/values.ts';

export default class ImageSearch extends SelkieCommand {
  static override summary = 'Search registries for images';
  static override examples = ['search --limit 5 quay.io/fedora'];
  static override usage = 'TERM';
  static override flags = {
    ...registryAccess,
    compatible: flag.bool({ summary: 'Accepted for scripts written for docker; without effect' }),
    filter: flag.stringArray({ short: 'f', defaultText: '[]', summary: 'Condition, as is-official=true or stars=3' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    limit: flag.int({ summary: 'How many results, at most' }),
    'list-tags': flag.bool({ summary: 'List the tags of a repository' }),
    'no-trunc': flag.bool({ summary: 'Show everything in full' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['none'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ImageSearch);
    const listTags = flags['list-tags'];
    if (listTags && flags.filter.length > 0) throw new SelkieError('filters are not applicable to list tags result');
    const found = await searchImages(args[0]!, {
      transport: transportOptions(toCopyOptions(flags, changed)),
      listTags,
      filters: flags.filter,
      ...(flags.limit > 0 ? { limit: flags.limit } : {}),
    });
    if (found.length === 0) return;
    const json = isJsonFormat(flags.format);
    const results = json || flags['no-trunc'] ? found : found.map(shorten);
    if (json) this.out(goJson(listTags ? byRepository(results) : results.map(resultJson), '    '));
    else {
      const compatible = flags.compatible ? '\t{{.Stars}}\t{{.Official}}\t{{.Automated}}' : '';
      const standard = listTags ? '{{.Name}}\t{{.Tag}}' : `{{.Name}}\t{{.Description}}${compatible}`;
      const rows = results.map((result) => named('types.ImageSearchReport', { ...result }));
      this.write(renderReport(rows, { name: 'search', format: changed('format') ? flags.format : '', standard }));
    }
  }
}

function shorten(result: SearchResult): SearchResult {
  const { Description } = result;
  return Description.length > 44 ? { ...result, Description: `${Description.slice(0, 44).trim()}...` } : result;
}

function resultJson(result: SearchResult): Record<string, unknown> {
  const { Index, Name, Description, Stars, Official, Automated, Tag } = result;
  return { Index, Name, Description, Stars, Official, Automated, Tag };
}

function byRepository(results: readonly SearchResult[]): { Name: string; Tags: string[] }[] {
  const tags = new Map<string, string[]>();
  for (const { Name, Tag } of results) tags.set(Name, [...(tags.get(Name) ?? []), Tag]);
  return [...tags].map(([Name, Tags]) => ({ Name, Tags }));
}
