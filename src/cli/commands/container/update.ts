import type { ContainerConfig } from '../../../container/container.ts';
import { parseEnvironment } from '../../../container/options/environment.ts';
import { parseHealthcheck, parseHealthcheckOnFailure, parseHealthcheckOverrides } from '../../../container/options/healthcheck.ts';
import { parseRestartPolicy } from '../../../container/options/lifecycle.ts';
import { parseResources } from '../../../container/options/resources.ts';
import { selectContainers } from '../../../container/selection.ts';
import { updateContainer } from '../../../container/update.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
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

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(ContainerUpdate);
    const given = <T>(name: Parameters<typeof changed>[0], value: T): T | undefined => (changed(name) ? value : undefined);
    const resources = parseResources({
      memory: flags.memory,
      memoryReservation: flags['memory-reservation'],
      memorySwap: flags['memory-swap'],
      memorySwappiness: flags['memory-swappiness'],
      cpus: flags.cpus,
      cpuShares: flags['cpu-shares'],
      cpuPeriod: flags['cpu-period'],
      cpuQuota: flags['cpu-quota'],
      cpuRtPeriod: flags['cpu-rt-period'],
      cpuRtRuntime: flags['cpu-rt-runtime'],
      cpusetCpus: flags['cpuset-cpus'],
      cpusetMems: flags['cpuset-mems'],
      blkioWeight: flags['blkio-weight'],
      pidsLimit: given('pids-limit', flags['pids-limit']),
    });
    const restart = given('restart', flags.restart);
    const policy = restart === undefined ? undefined : parseRestartPolicy(restart);
    const healthcheck = {
      ...(changed('health-cmd')
        ? parseHealthcheck(
            {
              command: flags['health-cmd'],
              interval: flags['health-interval'],
              retries: flags['health-retries'],
              timeout: flags['health-timeout'],
              startPeriod: flags['health-start-period'],
            },
            false,
          )
        : {}),
      ...parseHealthcheckOverrides({
        interval: given('health-interval', flags['health-interval']),
        retries: given('health-retries', flags['health-retries']),
        timeout: given('health-timeout', flags['health-timeout']),
        startPeriod: given('health-start-period', flags['health-start-period']),
      }),
    };
    using engine = openContainers(this.globals);
    const { container } = selectContainers(engine, { names: args, latest: flags.latest })[0]!;
    await updateContainer(engine, container, {
      resources,
      restartPolicy: policy && { policy: policy.policy as ContainerConfig['restartPolicy'], retries: policy.retries },
      env: changed('env') ? parseEnvironment([...flags.env]) : undefined,
      unsetEnv: given('unsetenv', flags.unsetenv),
      healthcheck: Object.keys(healthcheck).length > 0 ? healthcheck : undefined,
      noHealthcheck: flags['no-healthcheck'],
      healthcheckOnFailure: changed('health-on-failure') ? parseHealthcheckOnFailure(flags['health-on-failure']) : undefined,
      healthLog: {
        ...(changed('health-log-destination') ? { destination: flags['health-log-destination'] } : {}),
        ...(changed('health-max-log-count') ? { maxCount: flags['health-max-log-count'] } : {}),
        ...(changed('health-max-log-size') ? { maxSize: flags['health-max-log-size'] } : {}),
      },
    });
    this.out(container.id);
  }
}
