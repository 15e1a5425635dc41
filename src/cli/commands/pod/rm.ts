import { unlinkSync } from 'node:fs';
import type { ContainerEngine } from '../../../container/engine.ts';
import { SelkieError } from '../../../errors.ts';
import { NoPods, NoSuchPod, PodNotRemoved } from '../../../pod/errors.ts';
import { type RemovePodOptions, removePod } from '../../../pod/remove.ts';
import { type PodSelection, readPodIdFile, selectPods } from '../../../pod/selection.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag } from '../../flag.ts';
import { throwLast } from '../../output/several-errors.ts';

export default class PodRm extends SelkieCommand {
  static override summary = 'Remove pods and their containers';
  static override examples = ['pod rm web', 'pod rm --force --all'];
  static override usage = 'POD [POD...]';
  static override flags = {
    all: flag.bool({ short: 'a', summary: 'Every pod' }),
    force: flag.bool({ short: 'f', summary: 'Stop its containers first' }),
    ignore: flag.bool({ short: 'i', summary: 'What is not there is no error' }),
    latest: flag.bool({ short: 'l', summary: 'The newest pod' }),
    'pod-id-file': flag.stringArray({ summary: "Read the pod's ID from this file", complete: 'files' }),
    time: flag.int({ short: 't', defaultText: '10', summary: 'Seconds to wait before killing' }),
  };
  static override args: Arguments = { namesOrAll: 'pod-id-file', complete: ['pods'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(PodRm);
    if (changed('time') && !flags.force) throw new SelkieError('--force option must be specified to use the --time option');
    const options = { force: flags.force, timeout: changed('time') ? flags.time : undefined };
    const ignore = flags.ignore || flags.force;
    using engine = openContainers(this.globals);
    const errors = await this.remove(engine, { names: args, all: flags.all, latest: flags.latest, ignore }, options);
    for (const file of flags['pod-id-file']) errors.push(...(await this.removeByFile(engine, file, ignore, options)));
    const missing = errors.some((error) => error instanceof NoSuchPod || error instanceof NoPods);
    const last = errors.at(-1);
    if (last !== undefined)
      errors[errors.length - 1] = new SelkieError(last.message, { cause: last, exitCode: missing ? 1 : last.exitCode });
    throwLast(errors);
  }

  private async remove(engine: ContainerEngine, selection: PodSelection, options: RemovePodOptions): Promise<SelkieError[]> {
    const errors: SelkieError[] = [];
    try {
      for (const pod of selectPods(engine, selection)) {
        try {
          await removePod(engine, pod, options);
          this.out(pod.id);
        } catch (error) {
          if (!(error instanceof SelkieError)) throw error;
          errors.push(error);
          if (!(error instanceof PodNotRemoved)) continue;
          errors.push(
            ...error.failures.map(
              ({ id, error: cause }) => new SelkieError(`error removing container ${id} from pod ${pod.id}: ${cause.message}`, { cause }),
            ),
          );
        }
      }
    } catch (error) {
      if (!(error instanceof NoSuchPod) && !(error instanceof NoPods)) throw error;
      errors.push(error);
    }
    return errors;
  }

  /** A file whose pod is gone goes too. */
  private async removeByFile(engine: ContainerEngine, file: string, ignore: boolean, options: RemovePodOptions): Promise<SelkieError[]> {
    try {
      const errors = await this.remove(engine, { names: [readPodIdFile(file)], ignore }, options);
      if (errors.length === 0) unlinkSync(file);
      return errors;
    } catch (error) {
      if (!(error instanceof SelkieError)) throw error;
      return [error];
    }
  }
}
