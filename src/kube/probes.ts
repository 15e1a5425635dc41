import type { HealthcheckConfig, StartupHealthcheckConfig } from '../container/container.ts';
import type { CreateOptions } from '../container/create-options.ts';
import { InvalidKube } from './errors.ts';
import type { ContainerPort, KubeContainer, Probe } from './objects.ts';

const second = 1_000_000_000;

/** Liveness and startup probes as health checks; a container that fails is restarted where its policy says so. */
export function probeOptions(container: KubeContainer, restartPolicy: string): Partial<CreateOptions> {
  const { livenessProbe, startupProbe, ports = [] } = container;
  const options: Partial<CreateOptions> = {};
  if (livenessProbe && hasHandler(livenessProbe)) options.healthcheck = healthcheck(livenessProbe, ports, 'livenessProbe');
  if (startupProbe && hasHandler(startupProbe)) {
    const startup: StartupHealthcheckConfig = healthcheck(startupProbe, ports, 'startupProbe');
    options.healthcheck ??= { ...startup, test: ['CMD-SHELL', 'exit', '0'] };
    options.startupHealthcheck = { ...startup, successes: startupProbe.successThreshold ?? 0 };
  }
  if (options.healthcheck && (restartPolicy === 'always' || restartPolicy === 'on-failure')) options.healthcheckOnFailure = 'restart';
  return options;
}

const hasHandler = ({ exec, httpGet, tcpSocket }: Probe): boolean => Boolean(exec ?? httpGet ?? tcpSocket);

function healthcheck(probe: Probe, ports: readonly ContainerPort[], name: string): HealthcheckConfig {
  const startPeriod = probe.initialDelaySeconds ?? 0;
  if (startPeriod < 0) throw new InvalidKube(`failed to configure ${name}: healthcheck-start-period must be 0 seconds or greater`);
  const atLeastOne = (value: number | undefined, otherwise: number) => (value !== undefined && value >= 1 ? value : otherwise);
  return {
    test: command(probe, ports, name),
    interval: atLeastOne(probe.periodSeconds, 10) * second,
    retries: atLeastOne(probe.failureThreshold, 3),
    timeout: atLeastOne(probe.timeoutSeconds, 1) * second,
    startPeriod: startPeriod * second,
  };
}

/** podman checks from inside of the container, with the programs that it may have. */
function command({ exec, httpGet, tcpSocket }: Probe, ports: readonly ContainerPort[], name: string): string[] {
  if (exec) return ['CMD', ...(exec.command ?? [])];
  if (httpGet) {
    const address = `${httpGet.scheme || 'http'}://${httpGet.host || 'localhost'}:${portNumber(httpGet.port, ports, name)}${httpGet.path || '/'}`;
    return ['CMD-SHELL', ...`curl -f ${address} || exit 1`.split(' ')];
  }
  return ['CMD-SHELL', ...`nc -z -v ${tcpSocket!.host || 'localhost'} ${portNumber(tcpSocket!.port, ports, name)} || exit 1`.split(' ')];
}

function portNumber(port: number | string, ports: readonly ContainerPort[], name: string): number {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  const named = ports.find((candidate) => candidate.name === port);
  if (!named) throw new InvalidKube(`failed to configure ${name}: unknown port: ${port}`);
  return named.containerPort ?? 0;
}
