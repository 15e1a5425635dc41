import { goJson } from '../../../image/go-json.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openImages } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { HistoryRow, historyJson } from '../../output/history-row.ts';
import { isJsonFormat, renderReport } from '../../output/report.ts';
import { renderTable } from '../../output/table.ts';

export default class ImageHistory extends SelkieCommand {
  static override summary = 'Show the steps that made an image';
  static override examples = ['history fedora'];
  static override usage = 'IMAGE';
  static override flags = {
    format: flag.string({ summary: '"json", or a Go template' }),
    human: flag.bool({ short: 'H', default: true, summary: 'Show sizes and times for people to read' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], summary: 'Show everything in full' }),
    quiet: flag.bool({ short: 'q', summary: 'Print less' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['images'] };

  override run(): void {
    const { flags, args, changed } = this.parse(ImageHistory);
    using images = openImages(this.globals);
    const entries = images.history(images.lookup(args[0]!));
    if (isJsonFormat(flags.format)) {
      this.out(goJson(entries.map((entry) => ({ ...historyJson(entry), Created: utcSeconds(entry.created) }))));
      return;
    }
    const rows = entries.map((entry) => new HistoryRow(entry, { human: flags.human, truncate: !flags['no-trunc'] }));
    if (flags.quiet) for (const { ID } of rows) this.out(ID);
    else if (changed('format')) {
      this.write(renderReport(rows, { name: 'history', format: flags.format, standard: '', headings: { CreatedBy: 'CREATED BY' } }));
    } else {
      const cells = rows.map((row) => [row.ID, row.Created, row.CreatedBy, row.Size, row.Comment]);
      this.write(renderTable(['ID', 'CREATED', 'CREATED BY', 'SIZE', 'COMMENT'], cells));
    }
  }
}

const utcSeconds = (text = '0001-01-01T00:00:00Z'): string => text.replace(/\.\d+(?=Z|[+-])/, '');
