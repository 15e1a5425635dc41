import { listContainers, sortListed } from '../../../container/list.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { ContainerRow, containerHeadings, containerJson } from '../../output/container-row.ts';
import { isJsonFormat, prettyJson, renderReport } from '../../output/report.ts';

export default class ContainerList extends SelkieCommand {
  static override summary = 'List containers';
  static override description = 'Running ones only, unless --all or a filter says otherwise.';
  static override examples = ['ps', "ps --all --format 'table {{.Names}} {{.Status}}'"];
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    external: flag.bool({ aliases: ['storage'], summary: "Containers of other tools too, such as buildah's" }),
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    last: flag.int({ short: 'n', default: -1, summary: 'Only this many of the newest, in any state' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], summary: 'Show everything in full' }),
    noheading: flag.bool({ summary: 'Leave out the headings' }),
    ns: flag.bool({ aliases: ['namespace'], summary: 'Show namespaces' }),
    pod: flag.bool({ short: 'p', summary: 'Show the pod' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
    size: flag.bool({ short: 's', summary: 'Show sizes' }),
    sort: flag.string({
      valueName: 'choice',
      summary: 'In the order of this column',
      choices: ['command', 'created', 'id', 'image', 'names', 'runningfor', 'size', 'status'],
      strict: true,
    }),
    sync: flag.bool({ summary: "Ask the runtime for each container's state" }),
    watch: flag.uint({ short: 'w', summary: 'Show again after this many seconds' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags, changed } = this.parse(ContainerList);
    this.refuseConflicts();
    const last = flags.latest ? 1 : flags.last;
    using engine = openContainers(this.globals);
    const show = (): string => {
      const found = listContainers(engine, {
        all: flags.all || last > 0,
        last,
        filters: flags.filter,
        external: flags.external,
        namespaces: flags.ns,
        size: flags.size,
        pod: flags.pod || flags.format.includes('.PodName'),
      });
      const listed = sortListed(found, flags.sort || 'created');
      if (isJsonFormat(flags.format)) {
        const text = prettyJson(
          listed.map((one) => containerJson(one)),
          '  ',
        );
        return `${text.replaceAll('"Namespaces": {}', '"Namespaces": {\n      \n    }')}\n`;
      }
      if (flags.quiet && !changed('format')) return listed.map(({ Id }) => `${flags['no-trunc'] ? Id : Id.slice(0, 12)}\n`).join('');
      return renderReport(
        listed.map((one) => new ContainerRow(one, !flags['no-trunc'])),
        {
          name: 'ps',
          format: flags.format.replaceAll('.Namespaces.', '.'),
          standard: standardRow(flags),
          headings: containerHeadings,
          noHeading: flags.noheading,
        },
      );
    };
    if (flags.watch === 0) {
      this.write(show());
      return;
    }
    for (;;) {
      this.write(`\x1b[2J\x1b[H${show()}`);
      await new Promise((resolve) => setTimeout(resolve, flags.watch * 1000));
    }
  }

  private refuseConflicts(): void {
    const { flags } = this.parse(ContainerList);
    if (flags.last >= 0 && flags.latest) throw new SelkieError('last and latest are mutually exclusive');
    if (flags.filter.length > 0 && flags.latest) throw new SelkieError('filter and latest are mutually exclusive');
    if (flags.quiet && flags.size) throw new SelkieError('quiet conflicts with size and namespace');
    if (flags.size && flags.ns) throw new SelkieError('size and namespace options conflict');
    if (flags.watch > 0 && flags.latest) throw new SelkieError('the watch and latest flags cannot be used together');
  }
}

function standardRow(flags: { ns: boolean; pod: boolean; size: boolean }): string {
  if (flags.ns) return '{{.ID}}\t{{.Names}}\t{{.Pid}}\t{{.Cgroup}}\t{{.IPC}}\t{{.MNT}}\t{{.NET}}\t{{.PIDNS}}\t{{.User}}\t{{.UTS}}';
  const row = '{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.CreatedHuman}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}';
  return `${row}${flags.pod ? '\t{{.Pod}}\t{{.PodName}}' : ''}${flags.size ? '\t{{.Size}}' : ''}`;
}
