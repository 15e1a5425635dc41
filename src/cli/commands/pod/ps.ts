import { SelkieError } from '../../../errors.ts';
import { listPodReports } from '../../../pod/list.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { jsoniterPretty } from '../../output/jsoniter.ts';
import { PodRow, podHeadings } from '../../output/pod-row.ts';
import { isJsonFormat, renderReport } from '../../output/report.ts';

export default class PodPs extends SelkieCommand {
  static override summary = 'List pods';
  static override examples = ['pod ps', 'pod ps --filter status=running'];
  static override flags = {
    'ctr-ids': flag.bool({ summary: 'Show the IDs of the containers' }),
    'ctr-names': flag.bool({ summary: 'Show the names of the containers' }),
    'ctr-status': flag.bool({ summary: 'Show the states of the containers' }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], summary: 'Show everything in full' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    ns: flag.bool({ aliases: ['namespace'], summary: 'Show namespaces' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
    sort: flag.string({ default: 'created', summary: 'In the order of this column' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    const { flags } = this.parse(PodPs);
    if (flags.quiet && flags.format !== '') throw new SelkieError('quiet and format cannot be used together');
    using engine = openContainers(this.globals);
    const pods = listPodReports(engine, { filters: flags.filter, latest: flags.latest, sort: flags.sort });
    if (isJsonFormat(flags.format)) {
      this.out(jsoniterPretty(pods));
      return;
    }
    if (flags.quiet) {
      for (const { Id } of pods) this.out(Id);
      return;
    }
    const rows = pods.map((pod) => new PodRow(pod, !flags['no-trunc']));
    this.write(
      renderReport(rows, {
        name: 'ps',
        format: flags.format,
        standard: standardRow(flags),
        headings: podHeadings,
        noHeading: flags.noheading,
      }),
    );
  }
}

function standardRow(flags: Record<'ctr-ids' | 'ctr-names' | 'ctr-status' | 'ns', boolean>): string {
  const row = ['Id', 'Name', 'Status', 'Created', 'InfraID'];
  if (flags['ctr-ids']) row.push('ContainerIds');
  if (flags['ctr-names']) row.push('ContainerNames');
  if (flags['ctr-status']) row.push('ContainerStatuses');
  if (flags.ns) row.push('Cgroup', 'Namespace');
  if (!flags['ctr-ids'] && !flags['ctr-names'] && !flags['ctr-status']) row.push('NumberOfContainers');
  return row.map((field) => `{{.${field}}}`).join('\t');
}
