import { SelkieError } from '../../../errors.ts';
import { goJson } from '../../../image/go-json.ts';
import { formatInstant } from '../../../image/instant.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { type ImageRow, imageOrders, imageRows } from '../../output/image-row.ts';
import { renderTable } from '../../output/table.ts';

export default class ImageList extends SelkieCommand {
  static override summary = 'List images';
  static override examples = ['images', 'images --filter dangling=true', "images --format '{{.Repository}}:{{.Tag}}'"];
  static override usage = '[IMAGE]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Intermediate images too' }),
    digests: flag.bool({ summary: 'Show digests' }),
    filter: flag.stringArray({ short: 'f', defaultText: '[]', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    history: flag.bool({ summary: 'Show the names that the images had before' }),
    'no-trunc': flag.bool({ summary: 'Show everything in full' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
    sort: flag.string({
      default: 'created',
      valueName: 'choice',
      summary: 'In the order of this column',
      choices: ['created', 'id', 'repository', 'size', 'tag'],
      strict: true,
    }),
  };
  static override args: Arguments = { max: 1, complete: ['images'] };

  override run(): void {
    const { flags, args, changed } = this.parse(ImageList);
    if (flags.filter.length > 0 && args.length > 0) throw new SelkieError('cannot specify an image and a filter(s)');
    using images = openImages(this.globals);
    const summaries = images.summarize({ all: flags.all, filters: [...flags.filter, ...args.map((name) => `reference=${name}`)] });
    const rows = imageRows(summaries, !flags['no-trunc']).sort(imageOrders[flags.sort]);
    if (/^\s*(json|\{\{\s*json\s*\}\})\s*$/.test(flags.format)) this.out(goJson(rows.map(rowJson), '    '));
    else if (flags.quiet) for (const id of new Set(rows.map((row) => row.ID))) this.out(id);
    else if (changed('format')) this.write(renderFormat(rows, flags.format, flags.noheading));
    else this.write(renderStandard(rows, { ...flags, readOnly: summaries.at(-1)?.ReadOnly ?? false }));
  }
}

function renderFormat(rows: ImageRow[], format: string, noHeading: boolean): string {
  const { renderReport } = require('../../output/report.ts') as typeof import('../../output/report.ts');
  const headings = { ID: 'IMAGE ID', ReadOnly: 'R/O' };
  return renderReport(rows, { name: 'images', format, standard: '', headings, noHeading });
}

interface Columns {
  readonly digests: boolean;
  readonly history: boolean;
  readonly readOnly: boolean;
  readonly noheading: boolean;
}

function renderStandard(rows: ImageRow[], { digests, history, readOnly, noheading }: Columns): string {
  const pickColumns = (cells: Record<'name' | 'tag' | 'digest' | 'id' | 'created' | 'size' | 'history' | 'readOnly', string>): string[] => [
    cells.name,
    cells.tag,
    ...(digests ? [cells.digest] : []),
    cells.id,
    cells.created,
    cells.size,
    ...(history ? [cells.history] : []),
    ...(readOnly ? [cells.readOnly] : []),
  ];
  const headings = {
    name: 'REPOSITORY',
    tag: 'TAG',
    digest: 'DIGEST',
    id: 'IMAGE ID',
    created: 'CREATED',
    size: 'SIZE',
    history: 'HISTORY',
    readOnly: 'R/O',
  };
  const lines = rows.map((row) =>
    pickColumns({
      name: row.Repository,
      tag: row.Tag,
      digest: digests ? row.Digest : '',
      id: row.ID,
      created: row.Created,
      size: row.Size,
      history: row.History || '<none>',
      readOnly: String(row.ReadOnly),
    }),
  );
  return renderTable(noheading ? undefined : pickColumns(headings), lines);
}

/** As `--format json` shows it: names are given once, and the time in two forms. */
function rowJson(row: ImageRow): Record<string, unknown> {
  const { Created, RepoTags, ...rest } = row.summary.toJSON();
  const { Id, ParentId, ...others } = rest;
  void RepoTags;
  return { Id, ParentId, RepoTags: null, ...others, Created, CreatedAt: formatInstant(BigInt(row.summary.Created) * 1_000_000_000n) };
}
