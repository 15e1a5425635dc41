import type { ContainersConf } from '../config/containers-conf-types.ts';
import type { OciImageConfig } from '../image/image-config.ts';
import type { LocalImage } from '../image/local-image.ts';
import type { HealthcheckConfig } from './container.ts';
import type { CreateOptions } from './create-options.ts';
import type { ContainerEngine } from './engine.ts';

export interface SettledImage {
  image: LocalImage;
  /** The full name by which it was found, or its first one for an ID. */
  name: string;
  config: OciImageConfig;
}

/** Finds the image in the store; undefined with a rootfs. @throws ImageNotKnown */
export function settleImage(engine: ContainerEngine, options: CreateOptions): SettledImage | undefined {
  if (options.rootfs || options.image === '') return undefined;
  const platform = {
    ...(options.imageOs ? { os: options.imageOs } : {}),
    ...(options.imageArch ? { architecture: options.imageArch } : {}),
    ...(options.imageVariant ? { variant: options.imageVariant } : {}),
  };
  const found = engine.images.find(options.image, Object.keys(platform).length > 0 ? { platform } : {});
  const name = found.image.id.startsWith(found.name) ? (found.image.names[0] ?? found.name) : found.name;
  return { image: found.image, name, config: found.image.config() };
}

const second = 1_000_000_000;

/** The image's health check with the single values that the user gave; a check of the user's own replaces it. */
export function settleHealthcheck(options: CreateOptions, image: OciImageConfig | undefined): HealthcheckConfig | undefined {
  if (options.healthcheck) return options.healthcheck;
  const own = image?.Healthcheck;
  if (!own?.Test?.length) return undefined;
  const overrides = options.healthcheckOverrides ?? {};
  const off = (overrides.interval ?? own.Interval ?? 0) < 0;
  return {
    test: own.Test,
    interval: off ? 0 : overrides.interval || own.Interval || 30 * second,
    timeout: overrides.timeout || own.Timeout || 30 * second,
    retries: overrides.retries || own.Retries || 3,
    startPeriod: overrides.startPeriod || own.StartPeriod || 0,
    ...(own.StartInterval ? { startInterval: own.StartInterval } : {}),
  };
}

/** Annotations: the pod's mark, containers.conf's, then the user's. Never the image's: it could give itself rights. */
export function settleAnnotations(options: CreateOptions, conf: ContainersConf): Record<string, string> {
  const annotations: Record<string, string> = {};
  if (options.pod && !options.isInfra) annotations['io.kubernetes.cri-o.SandboxID'] = options.pod.infraId ?? options.pod.id;
  for (const entry of conf.containers.annotations) {
    const equals = entry.indexOf('=');
    annotations[equals < 0 ? entry : entry.slice(0, equals)] = equals < 0 ? '' : entry.slice(equals + 1);
  }
  return { ...annotations, ...options.annotations };
}

const inits = ['/sbin/init', '/usr/sbin/init', '/usr/local/sbin/init'];

/** Whether the container is to be prepared for systemd: asked for, or its command is one. */
export function isSystemdMode(mode: string, command: readonly string[]): boolean {
  if (mode === 'always') return true;
  if (mode === 'false') return false;
  const shell = command.length > 2 && command[0] === '/bin/sh' && command[1] === '-c';
  const program = (shell ? command[2] : command[0]) ?? '';
  return inits.includes(program) || program.slice(program.lastIndexOf('/') + 1) === 'systemd';
}
