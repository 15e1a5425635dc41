import { mountByHand, mountedContainers } from '../../../container/mount.ts';
import { latestContainer, selectContainers } from '../../../container/selection.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isJsonFormat, prettyJson } from '../../output/report.ts';
import { renderTable } from '../../output/table.ts';

export default class ContainerMount extends SelkieCommand {
  static override summary = 'Mount the root filesystem of containers and print where';
  static override description = 'Without a name, list those that are mounted.';
  static override examples = ['mount mycontainer'];
  static override usage = '[CONTAINER...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every container' }),
    format: flag.string({ summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], summary: 'Show everything in full' }),
  };
  static override args: Arguments = { namesOrAll: true, mayBeEmpty: true, complete: ['containers'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerMount);
    if (flags.format !== '' && !isJsonFormat(flags.format))
      throw new SelkieError(`unknown --format argument: ${JSON.stringify(flags.format)}`);
    if (args.length > 0 && flags.latest) throw new SelkieError('--latest and containers cannot be used together');
    using engine = openContainers(this.globals);
    if (args.length === 0 && !flags.all && !flags.latest) {
      this.show(mountedContainers(engine), flags.format, flags['no-trunc']);
      return;
    }
    const external: string[] = [];
    const selected = flags.latest
      ? [{ container: latestContainer(engine), typed: '' }]
      : selectContainers(engine, { names: args, all: flags.all, missing: (name) => external.push(name) });
    const mounts = await mountByHand(
      engine,
      selected.map(({ container }) => container),
      external,
    );
    for (const { path } of mounts) this.out(path);
  }

  private show(mounts: readonly { id: string; names: string[]; path: string }[], format: string, whole: boolean): void {
    if (isJsonFormat(format)) {
      this.out(
        prettyJson(
          mounts.map(({ id, names, path }) => ({ id, Names: names, mountpoint: path })),
          ' ',
        ),
      );
      return;
    }
    this.write(
      renderTable(
        undefined,
        mounts.map(({ id, path }) => [whole ? id : id.slice(0, 12), path]),
      ),
    );
  }
}
