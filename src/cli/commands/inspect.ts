import type { GlobalOptions } from '../../config/globals.ts';
import { NoContainers } from '../../container/errors.ts';
import { SelkieError } from '../../errors.ts';
import type { Arguments } from '../arity.ts';
import { SelkieCommand } from '../command.ts';
import { openContainers } from '../engine.ts';
import { flag } from '../flag.ts';
import { findAny, finders } from '../inspect-finders.ts';
import { type Inspected, printInspected } from '../output/inspected.ts';

export default class Inspect extends SelkieCommand {
  static override summary = 'Show all that is known about an object';
  static override description = 'Containers are looked for first, then images, volumes, networks, pods and artifacts; --type narrows that.';
  static override examples = ['inspect mycontainer', "inspect --format '{{.Id}}' fedora"];
  static override usage = '{ARTIFACT|CONTAINER|IMAGE|POD|NETWORK|VOLUME} [...]';
  static override flags = {
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    size: flag.bool({ short: 's', summary: 'Tell sizes too' }),
    type: flag.string({
      short: 't',
      default: 'all',
      summary: 'What the name means: all, artifact, container, image, network, pod or volume',
    }),
  };
  static override args: Arguments = { min: 1, tooFew: 'no names or ids specified', unless: ['latest'], complete: ['everything'] };

  override run(): void {
    const { flags, args } = this.parse(Inspect);
    const { type } = flags;
    if (type === 'image' && flags.latest) throw new SelkieError(`latest is not supported for type ${JSON.stringify(type)}`);
    if ((type === 'image' || type === 'pod') && flags.size) throw new SelkieError(`size is not supported for type ${JSON.stringify(type)}`);
    if (flags.latest && args.length > 0) throw new SelkieError('--latest and arguments cannot be used together');
    const names = flags.latest ? [newest(this.globals)] : args;
    const find = type === 'all' ? findAny : finders[type as Inspected['type']];
    if (!find) {
      const kinds = ['image', 'container', 'pod', 'network', 'volume', 'artifact'].map((kind) => JSON.stringify(kind)).join(', ');
      throw new SelkieError(`invalid type ${JSON.stringify(type)}: must be ${kinds}, or "all"`);
    }
    const found: Inspected[] = [];
    const errors: Error[] = [];
    for (const name of names) {
      try {
        found.push(find(name, { globals: this.globals, size: flags.size }));
      } catch (error) {
        if (!(error instanceof SelkieError)) throw error;
        errors.push(error);
      }
    }
    printInspected(found, flags.format, errors, type === 'image');
  }
}

/** The newest container, for `--latest`. */
function newest(globals: GlobalOptions): string {
  using engine = openContainers(globals);
  const latest = engine.state.list().at(-1);
  if (!latest) throw new NoContainers();
  return latest.id;
}
