import { writeFileSync } from 'node:fs';
import { containerSpec } from '../../../container/generate-spec.ts';
import { SelkieError } from '../../../errors.ts';
import { errnoText } from '../../../os/libc.ts';
import { NoSuchPod } from '../../../pod/errors.ts';
import { podSpec } from '../../../pod/generate-spec.ts';
import { isPodName, lookupPod, type Pod } from '../../../pod/pod.ts';
import { goJson } from '../../../storage/go-json.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class GenerateSpec extends SelkieCommand {
  static override summary = 'Show the specification that made a container or pod';
  static override examples = ['generate spec mycontainer'];
  static override usage = '{CONTAINER|POD}';
  static override flags = {
    compact: flag.bool({ short: 'c', summary: 'Leave out white space' }),
    filename: flag.string({ short: 'f', summary: 'Write to this file' }),
    name: flag.bool({ short: 'n', default: true, summary: 'Give it a name that is still free' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['containersAndPods'] };

  override run(): void {
    const { flags, args } = this.parse(GenerateSpec);
    const text = goJson(this.spec(args[0]!, flags.name), flags.compact ? undefined : ' ');
    if (flags.filename === '') {
      this.out(text);
      return;
    }
    try {
      writeFileSync(flags.filename, text, { mode: 0o644 });
    } catch (error) {
      throw new SelkieError(`open ${flags.filename}: ${errnoText((error as NodeJS.ErrnoException).code ?? '')}`, { cause: error });
    }
    this.out(flags.filename);
  }

  private spec(name: string, rename: boolean): object {
    using engine = openContainers(this.globals);
    const container = engine.state.find(name);
    const spec = container === undefined ? podSpec(engine, podNamed(engine, name)) : containerSpec(engine, container);
    const isTaken = (wanted: string): boolean =>
      container === undefined ? isPodName(engine, wanted) : engine.state.find(wanted) !== undefined;
    return rename ? { ...spec, name: freeCloneName(String(spec['name']), isTaken) } : spec;
  }
}

function podNamed(engine: Parameters<typeof lookupPod>[0], name: string): Pod {
  try {
    return lookupPod(engine, name);
  } catch (error) {
    if (!(error instanceof NoSuchPod)) throw error;
    throw new SelkieError(`could not find a pod or container with the id ${name}`, { cause: error });
  }
}

/** `web-clone` for what is called `web`, and for clones the first free number after that. */
function freeCloneName(name: string, isTaken: (name: string) => boolean): string {
  const clone = /^(.*?-clone)(\d*)$/.exec(name);
  if (clone === null) return `${name}-clone`;
  let number = Number(clone[2]) + 1;
  while (isTaken(`${clone[1]}${number}`)) number++;
  return `${clone[1]}${number}`;
}
