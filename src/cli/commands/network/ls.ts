import { usedNetworks } from '../../../container/network-use.ts';
import { networkFilters } from '../../../network/network-filters.ts';
import { networkRecord } from '../../../network/network-store.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers, openNetworkStore } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { networkRow } from '../../output/network-view.ts';
import { isJsonFormat, prettyJson, renderReport } from '../../output/report.ts';

export default class NetworkLs extends SelkieCommand {
  static override summary = 'List networks';
  static override examples = ['network ls --filter driver=bridge'];
  static override flags = {
    filter: flag.stringArray({ short: 'f', summary: 'Condition that has to be met, as key=value' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    'no-trunc': flag.bool({ summary: 'Show everything in full' }),
    noheading: flag.bool({ short: 'n', summary: 'Leave out the headings' }),
    quiet: flag.bool({ short: 'q', summary: 'Print less' }),
  };
  static override args: Arguments = { max: 0 };

  override run(): void {
    const { flags } = this.parse(NetworkLs);
    const store = openNetworkStore(this.globals);
    const used = (): ReadonlySet<string> => {
      using engine = openContainers(this.globals);
      return usedNetworks(engine, store);
    };
    const filters = networkFilters(flags.filter, used);
    const networks = [...store.all().values()]
      .filter((network) => filters.every((matches) => matches(network)))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    if (flags.quiet) {
      for (const { name } of networks) this.out(name);
    } else if (isJsonFormat(flags.format)) {
      this.out(prettyJson(networks.map(networkRecord), '  '));
    } else {
      const rows = networks.map((network) => networkRow(network, flags['no-trunc']));
      this.write(
        renderReport(rows, {
          name: 'ls',
          format: flags.format,
          standard: '{{.ID}}\t{{.Name}}\t{{.Driver}}',
          headings: { ID: 'NETWORK ID' },
          noHeading: flags.noheading,
        }),
      );
    }
  }
}
