import { selectContainers } from '../../../container/selection.ts';
import { SelkieError } from '../../../errors.ts';
import { adopt } from '../../../pod/membership.ts';
import { lookupPod } from '../../../pod/pod.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag, omit } from '../../flag.ts';
import { limitChanges } from '../../flags/limit-changes.ts';
import { resources } from '../../flags/resources.ts';

export default class ContainerClone extends SelkieCommand {
  static override summary = 'Make a container like another';
  static override examples = ['container clone mycontainer copy'];
  static override usage = 'CONTAINER NAME IMAGE';
  static override flags = {
    ...omit(
      resources,
      'cgroup-conf',
      'cgroup-parent',
      'cgroups',
      'device-read-iops',
      'device-write-iops',
      'kernel-memory',
      'oom-kill-disable',
      'oom-score-adj',
      'pids-limit',
      'rdt-class',
      'shm-size',
      'shm-size-systemd',
      'ulimit',
    ),
    destroy: flag.bool({ summary: 'Remove what was cloned' }),
    force: flag.bool({ short: 'f', summary: 'Remove the original even when it runs' }),
    name: flag.string({ summary: 'Name' }),
    pod: flag.string({ summary: 'Pod that it belongs to; new:NAME makes one', complete: 'pods' }),
    run: flag.bool({ summary: 'Start it at once' }),
  };
  static override args: Arguments = { min: 1, max: 3, complete: ['containers', 'none', 'images'] };

  override async run(): Promise<void> {
    const { flags, args } = this.parse(ContainerClone);
    const [name = '', cloneName, imageName] = args;
    if (flags.force && !flags.destroy) throw new SelkieError('cannot set --force without --destroy: invalid argument');
    using engine = openContainers(this.globals);
    if (imageName) await engine.images.pull(imageName, { policy: 'missing' });
    const { container: original } = selectContainers(engine, { names: [name], latest: false })[0]!;
    const pod = flags.pod === '' ? undefined : lookupPod(engine, flags.pod);
    const { cloneContainer } = await import('../../../container/clone.ts');
    const clone = cloneContainer(engine, original, {
      name: cloneName ?? flags.name,
      ...(imageName ? { image: imageName } : {}),
      changes: limitChanges(flags),
      ...(pod ? { adapt: (config) => adopt(engine, pod, config) } : {}),
    });
    if (flags.destroy) {
      const { removeContainer } = await import('../../../container/remove.ts');
      await removeContainer(engine, original, { force: flags.force });
    }
    if (flags.run) {
      const { startContainer } = await import('../../../container/start.ts');
      await startContainer(engine, clone);
    }
    this.out(clone.id);
  }
}
