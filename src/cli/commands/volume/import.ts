import { importVolume } from '../../../container/volume-use.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';

export default class VolumeImport extends SelkieCommand {
  static override summary = 'Unpack a tar archive into a volume';
  static override examples = ['volume import data data.tar', 'gunzip -c data.tgz | podman volume import data -'];
  static override usage = 'VOLUME [SOURCE]';
  static override args: Arguments = { min: 2, max: 2, complete: ['volumes'] };

  override async run(): Promise<void> {
    const { args } = this.parse(VolumeImport);
    using engine = openContainers(this.globals);
    await importVolume(engine, args[0]!, args[1] === '-' ? process.stdin : args[1]!);
  }
}
