import type { Container, HealthcheckConfig } from './container.ts';
import { inKeyOrder } from './inspect-host-config.ts';
import type { OciSpec } from './oci-spec.ts';
import { signalName } from './signals.ts';

/** inspect's Config. */
export function inspectConfig({ config }: Container, spec: OciSpec): object {
  const { facts } = config;
  const annotations = spec.annotations;
  const exposed = exposedPorts(config);
  return {
    Hostname: spec.hostname ?? config.hostname,
    Domainname: '',
    User: config.user,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: spec.process?.terminal ?? false,
    OpenStdin: config.stdin,
    StdinOnce: false,
    Env: (spec.process?.env ?? []).map((entry) => hideSecret(entry, config.envSecrets)),
    Cmd: config.command.length > 0 ? config.command : null,
    Image: config.image.name,
    Volumes: null,
    WorkingDir: spec.process?.cwd ?? '',
    Entrypoint: config.entrypoint?.length ? config.entrypoint : null,
    OnBuild: null,
    Labels: Object.keys(config.labels).length > 0 ? inKeyOrder(config.labels) : null,
    Annotations: annotations !== undefined && Object.keys(annotations).length > 0 ? inKeyOrder(annotations) : null,
    StopSignal: signalName(config.stopSignal || 15),
    ...(config.startupHealthcheck === undefined ? {} : { StartupHealthCheck: healthcheckOf(config.startupHealthcheck) }),
    ...(config.healthcheck === undefined ? {} : { Healthcheck: healthcheckOf(config.healthcheck) }),
    // A root of its own has an empty check, where an image without one has none.
    ...(config.rootfs !== undefined && config.healthcheck === undefined ? { Healthcheck: {} } : {}),
    HealthcheckOnFailureAction: config.healthcheckOnFailure,
    HealthLogDestination: config.healthLog.destination,
    ...(config.healthLog.maxCount === 0 ? {} : { HealthcheckMaxLogCount: config.healthLog.maxCount }),
    ...(config.healthLog.maxSize === 0 ? {} : { HealthcheckMaxLogSize: config.healthLog.maxSize }),
    ...(config.createCommand.length > 0 ? { CreateCommand: config.createCommand } : {}),
    ...(config.timezone ? { Timezone: config.timezone } : {}),
    ...(facts.systemd ? { SystemdMode: true } : {}),
    Umask: config.umask.padStart(4, '0'),
    ...(config.secrets.length > 0
      ? { Secrets: config.secrets.map(({ name, id, uid, gid, mode }) => ({ Name: name, ID: id, UID: uid, GID: gid, Mode: mode })) }
      : {}),
    Timeout: config.timeout,
    StopTimeout: config.stopTimeout,
    Passwd: config.passwd,
    ...(config.chrootDirs.length > 0 ? { ChrootDirs: config.chrootDirs } : {}),
    sdNotifyMode: config.sdnotify.mode,
    ...(config.sdnotify.socket ? { sdNotifySocket: config.sdnotify.socket } : {}),
    ...(exposed === undefined ? {} : { ExposedPorts: exposed }),
  };
}

function exposedPorts({ network: { exposedPorts: ports, portMappings } }: Container['config']): Record<string, object> | undefined {
  const all = [...ports];
  for (const { containerPort, range, protocol } of portMappings) {
    for (let at = 0; at < Math.max(1, range); at++) all.push(`${containerPort + at}/${protocol}`);
  }
  return all.length === 0 ? undefined : Object.fromEntries(all.sort().map((port) => [port, {}]));
}

function hideSecret(entry: string, secrets: Record<string, string>): string {
  const name = entry.split('=')[0]!;
  return name in secrets ? `${name}=*******` : entry;
}

function healthcheckOf({
  test,
  interval,
  timeout,
  startPeriod,
  startInterval,
  retries,
  ...rest
}: HealthcheckConfig & { successes?: number }): object {
  return {
    ...(test.length > 0 ? { Test: test } : {}),
    ...(startPeriod ? { StartPeriod: startPeriod } : {}),
    ...(startInterval ? { StartInterval: startInterval } : {}),
    ...(interval ? { Interval: interval } : {}),
    ...(timeout ? { Timeout: timeout } : {}),
    ...(retries ? { Retries: retries } : {}),
    ...(rest.successes ? { Successes: rest.successes } : {}),
  };
}
