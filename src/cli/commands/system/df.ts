import { containersDiskUsage, volumesDiskUsage } from '../../../container/disk-usage.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { type DiskUsage, summaryRows, verboseTables } from '../../output/disk-usage.ts';
import { isJsonFormat, renderReport } from '../../output/report.ts';

export default class SystemDf extends SelkieCommand {
  static override summary = 'Show how much space images, containers and volumes take';
  static override examples = ['system df', 'system df --verbose'];
  static override flags = {
    format: flag.string({ summary: '"json", or a Go template' }),
    verbose: flag.bool({ short: 'v', summary: 'Show every image, container and volume' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    const { flags, changed } = this.parse(SystemDf);
    if (flags.format !== '' && flags.verbose) throw new SelkieError('cannot combine --format and --verbose flags');
    using engine = openContainers(this.globals);
    const usage: DiskUsage = {
      images: engine.images.diskUsage(),
      containers: containersDiskUsage(engine),
      volumes: volumesDiskUsage(engine),
      downloads: engine.store.downloads.list(),
    };
    if (flags.verbose) {
      this.write(verboseTables(usage));
      return;
    }
    const rows = summaryRows(usage);
    if (changed('format') && isJsonFormat(flags.format)) {
      this.out(`[\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n]`);
      return;
    }
    const standard = '{{.Type}}\t{{.Total}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}';
    this.write(renderReport(rows, { name: 'df', format: flags.format, standard }));
  }
}
