import type { Container, HealthcheckConfig, StartupHealthcheckConfig } from '../../../container/container.ts';
import { parseEnvironment } from '../../../container/options/environment.ts';
import { parseHealthcheck, parseHealthcheckOnFailure } from '../../../container/options/healthcheck.ts';
import { parseRestartPolicy } from '../../../container/options/lifecycle.ts';
import { parseUlimits } from '../../../container/options/ulimits.ts';
import { selectContainers } from '../../../container/selection.ts';
import { type ContainerChanges, UpdateRefused, updateContainer } from '../../../container/update.ts';
import { SelkieError } from '../../../errors.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { flag, omit, type Parsed } from '../../flag.ts';
import { health } from '../../flags/health.ts';
import { limitChanges } from '../../flags/limit-changes.ts';
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
    const given: Changed = (name) => changed(name as never);
    using engine = openContainers(this.globals);
    const { container } = selectContainers(engine, { names: args, latest: flags.latest })[0]!;
    try {
      await updateContainer(engine, container, { ...toChanges(flags, given), ...healthChanges(container, flags, given) });
    } catch (error) {
      if (error instanceof UpdateRefused) this.err(error.reason.trim());
      throw error;
    }
    this.out(container.id);
  }
}

type UpdateFlags = Parsed<typeof ContainerUpdate.flags>;
type Changed = (name: string) => boolean;

function toChanges(flags: UpdateFlags, changed: Changed): ContainerChanges {
  return {
    ...limitChanges(flags, changed('pids-limit') ? flags['pids-limit'] : undefined),
    ...(changed('restart') ? { restart: parseRestartPolicy(flags.restart) } : {}),
    ...(changed('env') ? { env: parseEnvironment([...flags.env]) } : {}),
    ...(changed('unsetenv') ? { unsetEnv: [...flags.unsetenv] } : {}),
    ...(changed('ulimit') ? { ulimits: parseUlimits([...flags.ulimit]) } : {}),
  };
}

/** New health settings: single values keep the rest of the container's check as it is. */
function healthChanges({ config }: Container, flags: UpdateFlags, changed: Changed): ContainerChanges {
  const changes: ContainerChanges = {
    healthLog: {
      ...(changed('health-log-destination') ? { destination: flags['health-log-destination'] } : {}),
      ...(changed('health-max-log-count') ? { maxCount: flags['health-max-log-count'] } : {}),
      ...(changed('health-max-log-size') ? { maxSize: flags['health-max-log-size'] } : {}),
    },
    ...(changed('health-on-failure') ? { healthcheckOnFailure: parseHealthcheckOnFailure(flags['health-on-failure']) } : {}),
  };
  const single = ['health-interval', 'health-retries', 'health-timeout', 'health-start-period'];
  const given = ['health-cmd', ...single].some(changed);
  if (flags['no-healthcheck']) {
    if (given) throw new SelkieError('cannot specify both --no-healthcheck and other HealthCheck flags');
    changes.healthcheck = { test: ['NONE'] };
  } else if (given) changes.healthcheck = newHealthcheck(config.healthcheck, flags, changed);
  if (startupFlags.some(changed)) changes.startupHealthcheck = newStartupHealthcheck(config.startupHealthcheck, flags, changed);
  return changes;
}

const startupFlags = ['cmd', 'interval', 'retries', 'success', 'timeout'].map((name) => `health-startup-${name}`);

function newStartupHealthcheck(
  before: StartupHealthcheckConfig | undefined,
  flags: UpdateFlags,
  changed: Changed,
): StartupHealthcheckConfig {
  if (!before && !changed('health-startup-cmd')) throw new SelkieError('startup healthcheck command is not set');
  const parsed = parseHealthcheck(
    {
      command: changed('health-startup-cmd') ? flags['health-startup-cmd'] : 'true',
      interval: flags['health-startup-interval'],
      retries: flags['health-startup-retries'],
      timeout: flags['health-startup-timeout'],
      startPeriod: '1s',
    },
    true,
  );
  const asked = (name: string): boolean => !before || changed(`health-startup-${name}`);
  return {
    ...before,
    ...(asked('cmd') ? { test: parsed.test } : { test: before!.test }),
    startPeriod: parsed.startPeriod,
    ...(asked('interval') ? { interval: parsed.interval } : {}),
    ...(asked('timeout') ? { timeout: parsed.timeout } : {}),
    ...(asked('retries') ? { retries: parsed.retries } : {}),
    ...(asked('success') ? { successes: flags['health-startup-success'] } : {}),
  };
}

function newHealthcheck(before: HealthcheckConfig | undefined, flags: UpdateFlags, changed: Changed): HealthcheckConfig {
  if (!before && !changed('health-cmd')) throw new SelkieError('healthcheck command is not set');
  const parsed = parseHealthcheck(
    {
      command: changed('health-cmd') ? flags['health-cmd'] : 'true',
      interval: flags['health-interval'],
      retries: flags['health-retries'],
      timeout: flags['health-timeout'],
      startPeriod: flags['health-start-period'],
    },
    false,
  );
  const choose = <K extends keyof HealthcheckConfig>(flagName: string, key: K): HealthcheckConfig[K] =>
    changed(flagName) || !before ? parsed[key] : before[key];
  return {
    test: choose('health-cmd', 'test'),
    interval: choose('health-interval', 'interval'),
    timeout: choose('health-timeout', 'timeout'),
    retries: choose('health-retries', 'retries'),
    startPeriod: choose('health-start-period', 'startPeriod'),
  };
}
