import { volumesOf } from '../../../container/container-volumes.ts';
import { inspectedVolume, listVolumes } from '../../../container/volume-use.ts';
import { SelkieError } from '../../../errors.ts';
import { NoSuchVolume } from '../../../volume/volume.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { printInspected } from '../../output/inspected.ts';
import { volumeView } from '../../output/volume-view.ts';

export default class VolumeInspect extends SelkieCommand {
  static override summary = 'Show all that is known about volumes';
  static override examples = ['volume inspect data'];
  static override usage = 'VOLUME [VOLUME...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every volume' }),
    format: flag.string({ short: 'f', default: 'json', summary: '"json", or a Go template' }),
  };
  static override args: Arguments = {
    min: 1,
    tooFew: 'provide one or more volume names or use --all',
    unless: ['all'],
    complete: ['volumes'],
  };

  override run(): void {
    const { flags, args } = this.parse(VolumeInspect);
    if (flags.all === args.length > 0) throw new SelkieError('provide one or more volume names or use --all');
    using engine = openContainers(this.globals);
    const volumes = volumesOf(engine);
    const names = flags.all ? listVolumes(engine).map(({ name }) => name) : args;
    const found: object[] = [];
    const errors: Error[] = [];
    for (const name of names) {
      try {
        found.push(volumeView(inspectedVolume(engine, volumes.lookup(name))));
      } catch (error) {
        if (error instanceof NoSuchVolume) errors.push(new SelkieError(`no such volume ${name}`, { cause: error }));
        else if (error instanceof SelkieError) throw new SelkieError(`inspecting volume ${name}: ${error.message}`, { cause: error });
        else throw error;
      }
    }
    printInspected(
      found.map((data) => ({ type: 'volume', data })),
      flags.format,
      errors,
      false,
    );
  }
}
