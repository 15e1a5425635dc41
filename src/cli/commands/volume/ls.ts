import { inspectedVolume, listVolumes } from '../../../container/volume-use.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { jsoniterPretty } from '../../output/jsoniter.ts';
import { isJsonFormat, renderReport } from '../../output/report.ts';
import { named } from '../../output/template/values.ts';
import { volumeView } from '../../output/volume-view.ts';

export default class VolumeLs extends SelkieCommand {
  static override summary = 'List volumes';
  static override examples = ['volume ls --filter dangling=true'];
  static override flags = {
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ default: '{{range .}}{{.Driver}}\t{{.Name}}\n{{end -}}', summary: '"json", or a Go template' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    quiet: flag.bool({ short: 'q', summary: 'IDs only' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    const { flags, changed } = this.parse(VolumeLs);
    if (flags.quiet && changed('format')) throw new SelkieError('quiet and format flags cannot be used together');
    using engine = openContainers(this.globals);
    const volumes = listVolumes(engine, flags.filter);
    if (flags.quiet) {
      for (const { name } of volumes) this.out(name);
      return;
    }
    const inspected = volumes.map((volume) => inspectedVolume(engine, volume));
    if (isJsonFormat(flags.format)) {
      this.out(jsoniterPretty(inspected));
      return;
    }
    const rows = inspected.map((volume) => named('*types.VolumeListReport', volumeView(volume)));
    this.write(
      renderReport(rows, {
        name: 'ls',
        format: changed('format') ? flags.format : '',
        standard: '{{.Driver}}\t{{.Name}}',
        headings: { Name: 'VOLUME NAME' },
        noHeading: flags.noheading,
      }),
    );
  }
}
