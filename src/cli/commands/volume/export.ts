import { closeSync, openSync, writeSync } from 'node:fs';
import { exportVolume } from '../../../container/volume-use.ts';
import { SelkieError } from '../../../errors.ts';
import { systemText } from '../../../os/system-text.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { isTerminal } from '../../is-terminal.ts';

export default class VolumeExport extends SelkieCommand {
  static override summary = 'Write the content of a volume as a tar archive';
  static override examples = ['volume export data -o data.tar'];
  static override usage = 'VOLUME';
  static override flags = {
    output: flag.string({ short: 'o', summary: 'Write to this file', complete: 'files' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['volumes'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(VolumeExport);
    if (flags.output === '' && isTerminal(1)) throw new SelkieError('Cannot redirect to terminal');
    using engine = openContainers(this.globals);
    const chunks = exportVolume(engine, args[0]!);
    const first = await chunks.next();
    const fd = flags.output === '' ? 1 : create(flags.output);
    try {
      for (let next = first; !next.done; next = await chunks.next()) writeAll(fd, next.value);
    } finally {
      if (fd !== 1) closeSync(fd);
    }
  }
}

function create(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new SelkieError(`unable to create target file path ${JSON.stringify(path)}: ${systemText(error as Error)}`, { cause: error });
  }
}

function writeAll(fd: number, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
}
