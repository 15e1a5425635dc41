import type { ContainerEngine } from '../../../container/engine.ts';
import { SelkieError } from '../../../errors.ts';
import { createPod } from '../../../pod/create.ts';
import { removePod } from '../../../pod/remove.ts';
import { selectPods } from '../../../pod/selection.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { podCreateFlags } from '../../flags/pod-create.ts';
import { toPodOptions } from '../../flags/to-pod-options.ts';
import { writeIdFile } from '../../new-container.ts';

export default class PodCreate extends SelkieCommand {
  static override summary = 'Make a pod';
  static override description = 'A pod is a group of containers that share namespaces, held by an infra container.';
  static override examples = ['pod create --name web --publish 8080:80', 'run --pod web nginx'];
  static override usage = '[NAME]';
  static override flags = podCreateFlags;
  static override args: Arguments = { max: 1, complete: ['none'] };
  static override interspersed = false;

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(PodCreate);
    if (args.length > 0 && flags.name !== '') throw new SelkieError('cannot specify --name and NAME at the same time');
    const name = args[0] ?? flags.name;
    using engine = openContainers(this.globals);
    const options = toPodOptions(flags, (flag) => changed(flag as never), name, engine.conf);
    options.createCommand = [this.globals.programName, ...process.argv.slice(2)];
    if (flags.replace) await replacePod(engine, name);
    const pod = await createPod(engine, options);
    if (flags['pod-id-file'] !== '') writePodIdFile(flags['pod-id-file'], pod.id);
    this.out(pod.id);
  }
}

async function replacePod(engine: ContainerEngine, name: string): Promise<void> {
  if (name === '') throw new SelkieError('cannot replace pod without --name being set');
  for (const pod of selectPods(engine, { names: [name], ignore: true })) await removePod(engine, pod, { force: true });
}

function writePodIdFile(path: string, id: string): void {
  try {
    writeIdFile(path, id);
  } catch (error) {
    throw new SelkieError(`failed to write pod ID to file: ${(error as Error).message}`, { cause: error });
  }
}
