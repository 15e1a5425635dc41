import { SelkieError } from '../../../errors.ts';
import { listQuadlets, quadletPlaces } from '../../../systemd/quadlet/installed.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag } from '../../flag.ts';
import { isJsonFormat, prettyJson, renderReport } from '../../output/report.ts';
import { systemdForQuadlets } from '../../systemd-for-quadlets.ts';

export default class QuadletList extends SelkieCommand {
  static override summary = 'List installed unit files';
  static override examples = ['quadlet list'];
  static override flags = {
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({
      default: '{{range .}}{{.Name}}\t{{.UnitName}}\t{{.Path}}\t{{.Status}}\t{{.App}}\n{{end -}}',
      summary: '"json", or a Go template',
    }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags } = this.parse(QuadletList);
    const manager = systemdForQuadlets();
    const wanted = flags.filter.map(toPattern);
    const found = await listQuadlets(quadletPlaces(), manager);
    const rows = found
      .filter(({ name }) => wanted.length === 0 || wanted.some((pattern) => pattern.test(name)))
      .map(({ name, unit, path, status, app }) => ({ Name: name, UnitName: unit, Path: path, Status: status, App: app }));
    if (isJsonFormat(flags.format)) this.out(prettyJson(rows));
    else {
      const headings = { UnitName: 'UNIT NAME', Path: 'PATH ON DISK', App: 'APPLICATION' };
      this.write(
        renderReport(rows, {
          name: 'list',
          format: flags.format,
          standard: '{{.Name}}\t{{.UnitName}}\t{{.Path}}\t{{.Status}}\t{{.App}}',
          headings,
        }),
      );
    }
  }
}

/** Names are patterns. @throws SelkieError */
function toPattern(filter: string): RegExp {
  const at = filter.indexOf('=');
  if (at < 0) throw new SelkieError(`invalid filter ${JSON.stringify(filter)}`);
  if (filter.slice(0, at) !== 'name') throw new SelkieError(`${filter.slice(0, at)} is not a valid filter`);
  try {
    return new RegExp(filter.slice(at + 1));
  } catch (cause) {
    throw new SelkieError(`invalid filter ${JSON.stringify(filter)}: ${(cause as Error).message}`, { cause });
  }
}
