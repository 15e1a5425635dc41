import { engineInfo } from '../../../container/info/engine-info.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { infoView } from '../../output/info-view.ts';
import { jsoniterPretty } from '../../output/jsoniter.ts';
import { isJsonFormat, renderObject } from '../../output/report.ts';
import { goYaml } from '../../output/yaml.ts';
import { buildahVersion, versionFacts } from '../../version-facts.ts';

export default class SystemInfo extends SelkieCommand {
  static override summary = 'Show the host, the store and the version';
  static override examples = ['info', "info --format '{{.Store.GraphRoot}}'"];
  static override flags = {
    debug: flag.bool({ short: 'D', hidden: true, summary: 'Accepted; without effect' }),
    format: flag.string({ short: 'f', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = { max: 0 };

  override async run(): Promise<void> {
    const { flags, changed } = this.parse(SystemInfo);
    using engine = openContainers(this.globals);
    const info = await engineInfo(engine, versionFacts(this.globals.programName), buildahVersion);
    if (isJsonFormat(flags.format)) this.out(jsoniterPretty(info));
    else if (changed('format')) this.write(renderObject('info', flags.format, infoView(info)));
    else this.out(goYaml(info));
  }
}
