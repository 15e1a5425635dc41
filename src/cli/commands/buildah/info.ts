import { buildahInfo } from '../../../container/info/buildah-info.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openStore } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isJsonFormat, prettyJson, renderObject } from '../../output/report.ts';
import { asMap } from '../../output/template/values.ts';

export default class BuildahInfo extends SelkieCommand {
  static override summary = 'Show the host and the store';
  static override examples = ['info'];
  static override flags = {
    debug: flag.bool({ short: 'd', summary: 'Accepted; without effect' }),
    format: flag.string({ valueName: 'format', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = {};

  override run(): void {
    const { flags, changed } = this.parse(BuildahInfo);
    using store = openStore(this.globals);
    const info = buildahInfo(store);
    if (!changed('format') || isJsonFormat(flags.format)) this.out(prettyJson(info, '    '));
    else this.write(renderObject('info', flags.format, { Host: asMap(info.host), Store: asMap(info.store) }));
  }
}
