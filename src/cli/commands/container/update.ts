import { NotYet } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { flag, omit } from '../../flag.ts';
import { health } from '../../flags/health.ts';
import { resources } from '../../flags/resources.ts';

export default class ContainerUpdate extends SelkieCommand {
  static override summary = 'Change the limits, health check or restart policy of a container';
  static override examples = ['update --memory 1g mycontainer'];
  static override usage = 'CONTAINER';
  static override flags = {
    ...omit(
      resources,
      'cgroup-conf',
      'cgroup-parent',
      'cgroups',
      'kernel-memory',
      'oom-kill-disable',
      'oom-score-adj',
      'rdt-class',
      'shm-size',
      'shm-size-systemd',
    ),
    ...health,
    env: flag.stringArray({
      short: 'e',
      defaultText: '[PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin]',
      summary: "Variable, as name=value; the name alone takes over the caller's",
    }),
    latest: flag.bool({ short: 'l', summary: 'The newest container' }),
    restart: flag.string({
      summary: 'When to start it again: no, always, on-failure[:MAX] or unless-stopped',
      choices: ['always', 'no', 'never', 'on-failure', 'unless-stopped'],
    }),
    unsetenv: flag.stringArray({ summary: 'Variable to leave out' }),
  };
  static override args: Arguments = { orLatest: true, complete: ['containers'] };

  override run(): void {
    throw new NotYet(this.path);
  }
}
