import { listVolumes, removeVolume } from '../../../container/volume-use.ts';
import { SelkieError } from '../../../errors.ts';
import { NoSuchVolume, VolumeInUse } from '../../../volume/volume.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class VolumeRm extends SelkieCommand {
  static override summary = 'Remove volumes';
  static override examples = ['volume rm data', 'volume rm --force data'];
  static override usage = 'VOLUME [VOLUME...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every volume' }),
    force: flag.bool({ short: 'f', summary: 'Remove its containers too' }),
    time: flag.int({ short: 't', defaultText: '10', summary: 'Seconds to wait before killing' }),
  };
  static override args: Arguments = { min: 1, tooFew: 'choose either one or more volumes or all', unless: ['all'], complete: ['volumes'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(VolumeRm);
    if (flags.all && args.length > 0) throw new SelkieError('choose either one or more volumes or all');
    if (changed('time') && !flags.force) throw new SelkieError('--force option must be specified to use the --time option');
    using engine = openContainers(this.globals);
    const names = flags.all ? listVolumes(engine).map(({ name }) => name) : args;
    const errors: Error[] = [];
    for (const name of names) {
      try {
        this.out(await removeVolume(engine, name, { force: flags.force, timeout: changed('time') ? flags.time : undefined }));
      } catch (error) {
        if (flags.force && error instanceof NoSuchVolume) continue;
        if (!(error instanceof SelkieError)) throw error;
        const exitCode = error instanceof NoSuchVolume ? 1 : error instanceof VolumeInUse ? 2 : 125;
        errors.push(new SelkieError(error.message, { cause: error, exitCode }));
      }
    }
    throwLast(errors);
  }
}
