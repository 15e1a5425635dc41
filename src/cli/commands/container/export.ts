import { closeSync, openSync } from 'node:fs';
import { exportContainer } from '../../../container/export.ts';
import { SelkieError } from '../../../errors.ts';
import { descriptorSink } from '../../../os/descriptors.ts';
import { errnoText } from '../../../os/libc.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerExport extends SelkieCommand {
  static override summary = "Write a container's filesystem as a tar archive";
  static override examples = ['export mycontainer -o rootfs.tar'];
  static override usage = 'CONTAINER';
  static override flags = {
    output: flag.string({ short: 'o', summary: 'Write to this file', complete: 'files' }),
  };
  static override args: Arguments = { min: 1, max: 1, complete: ['containers'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerExport);
    if (flags.output === '' && process.stdout.isTTY) throw new SelkieError('refusing to export to terminal. Use -o flag or redirect');
    if (flags.output.includes(':')) throw new SelkieError(`invalid filename (should not contain ':') ${JSON.stringify(flags.output)}`);
    using engine = openContainers(this.globals);
    const container = engine.state.lookup(args[0]!.replace(/^\//, ''));
    const fd = flags.output === '' ? 1 : openOutput(flags.output);
    try {
      const sink = descriptorSink(fd);
      for await (const chunk of exportContainer(engine, container)) await sink(chunk);
    } finally {
      if (fd !== 1) closeSync(fd);
    }
  }
}

function openOutput(path: string): number {
  try {
    return openSync(path, 'w', 0o644);
  } catch (error) {
    throw new SelkieError(`open ${path}: ${errnoText((error as NodeJS.ErrnoException).code ?? '')}`, { cause: error });
  }
}
