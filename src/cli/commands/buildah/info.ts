import { buildahInfo } from '../../../container/info/buildah-info.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openStore } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isTerminal } from '../../is-terminal.ts';
import { prettyJson } from '../../output/report.ts';
import { asMap, parseTemplate } from '../../output/template.ts';
import { buildahVersion, selkieVersion } from '../../program.ts';

export default class BuildahInfo extends SelkieCommand {
  static override summary = 'Show the host and the store';
  static override examples = ['info'];
  static override flags = {
    debug: flag.bool({ short: 'd', summary: 'Versions of the program too' }),
    format: flag.string({ valueName: 'format', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = {};

  override run(): void {
    const { flags, changed } = this.parse(BuildahInfo);
    using store = openStore(this.globals);
    const info = {
      ...buildahInfo(store),
      ...(flags.debug ? { debug: { 'buildah version': buildahVersion, compiler: 'bun', 'selkie version': selkieVersion } } : {}),
    };
    if (!changed('format')) {
      this.out(prettyJson(info, '    '));
      return;
    }
    if (!/\{\{.*\}\}/.test(flags.format)) throw new SelkieError(`invalid format provided: ${flags.format}`);
    const view = asMap(Object.fromEntries(Object.entries(info).map(([name, data]) => [name, asMap(data as object)])));
    this.write(parseTemplate('info', flags.format).execute(view) + (isTerminal(1) ? '\n' : ''));
  }
}
