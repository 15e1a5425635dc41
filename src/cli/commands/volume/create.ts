import { makeVolume } from '../../../container/volume-use.ts';
import { parsePairs } from '../../../network/parse-wish.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class VolumeCreate extends SelkieCommand {
  static override summary = 'Make a volume';
  static override examples = ['volume create data', 'volume create --opt type=tmpfs --opt device=tmpfs scratch'];
  static override usage = '[NAME]';
  static override flags = {
    driver: flag.string({ short: 'd', default: 'local', summary: 'What provides the volume' }),
    gid: flag.int({ summary: 'Group that owns the volume' }),
    ignore: flag.bool({ summary: 'What is there already is no error' }),
    label: flag.stringArray({ short: 'l', defaultText: '[]', summary: 'Label, as key=value' }),
    opt: flag.stringArray({ short: 'o', defaultText: '[]', summary: 'Option of the driver, as key=value' }),
    uid: flag.int({ summary: 'User that owns the volume' }),
  };
  static override args: Arguments = { max: 1, complete: ['none'] };

  override run(): void {
    const { flags, args, changed } = this.parse(VolumeCreate);
    const options = parsePairs(flags.opt, 'unable to process options');
    const labels = parsePairs(flags.label, 'unable to process labels');
    using engine = openContainers(this.globals);
    const owner = { ...(changed('uid') ? { uid: flags.uid } : {}), ...(changed('gid') ? { gid: flags.gid } : {}) };
    const keepOwner = changed('uid') || changed('gid');
    const volume = makeVolume(engine, { name: args[0], driver: flags.driver, labels, options, ...owner, keepOwner }, flags.ignore);
    this.out(volume.name);
  }
}
