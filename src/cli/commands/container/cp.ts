import { type CopyPlace, copyFiles } from '../../../container/copy.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { syncState } from '../../../container/sync-state.ts';
import { SelkieError } from '../../../errors.ts';
import { descriptorSink } from '../../../os/descriptors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';

export default class ContainerCp extends SelkieCommand {
  static override summary = 'Copy files between a container and the host';
  static override description =
    'A path of a container has its name and a colon in front; a dash stands for a tar archive on the input or output. Links in the container cannot lead out of it.';
  static override examples = ['cp mycontainer:/etc/passwd .', 'cp ./conf mycontainer:/etc/app'];
  static override usage = '[CONTAINER:]SRC_PATH [CONTAINER:]DEST_PATH';
  static override flags = {
    archive: flag.bool({ short: 'a', default: true, summary: 'Keep owner and group' }),
    extract: flag.bool({ hidden: true, summary: 'Accepted; without effect' }),
    overwrite: flag.bool({ summary: 'Let a directory take the place of a file, and the other way round' }),
    pause: flag.bool({ hidden: true, summary: 'Accepted; without effect' }),
  };
  static override args: Arguments = { min: 2, max: 2, complete: ['containerPaths'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerCp);
    const [from, to] = [parsePlace(args[0]!), parsePlace(args[1]!)];
    if (from.container === undefined && to.container === undefined) {
      // podman looks for a container all the same.
      throw new SelkieError('name or ID cannot be empty');
    }
    if (from.path === '' || to.path === '') {
      throw new SelkieError(`invalid arguments ${JSON.stringify(args[0])}, ${JSON.stringify(args[1])}: you must specify paths`);
    }
    using engine = openContainers(this.globals);
    await copyFiles(engine, placeIn(engine, from), placeIn(engine, to), {
      chown: flags.archive,
      overwrite: flags.overwrite,
      stdin: process.stdin,
      stdout: descriptorSink(1),
    });
  }
}

/** `NAME:PATH` means a container, unless it begins like a path. */
function parsePlace(text: string): { container?: string; path: string } {
  const at = text.indexOf(':');
  if (at < 0 || text.startsWith('.') || text.startsWith('/')) return { path: text };
  return { container: text.slice(0, at), path: text.slice(at + 1) };
}

function placeIn(engine: ContainerEngine, { container: name, path }: { container?: string; path: string }): CopyPlace {
  if (name === undefined) return { path };
  const container = engine.state.find(name);
  if (container === undefined) throw new SelkieError(`container ${JSON.stringify(name)} does not exist`);
  syncState(engine, container);
  return { container, path };
}
