import { statSync } from 'node:fs';
import { join } from 'node:path';
import { debug } from '../diagnostics.ts';
import { SelkieError } from '../errors.ts';
import { findInPath, firstExecutable } from '../os/executables.ts';
import { loadContainersConf } from './containers-conf.ts';
import { isRootless, runtimeDir } from './paths.ts';

/** The program that understands compose files: $PODMAN_COMPOSE_PROVIDER, else the first of containers.conf that is installed. */
export function findComposeProvider(): string {
  const chosen = process.env['PODMAN_COMPOSE_PROVIDER'];
  if (chosen !== undefined) return chosen.includes('/') ? chosen : (findInPath(chosen) ?? chosen);
  const candidates = loadContainersConf().engine.compose_providers;
  if (candidates.length === 0) throw new SelkieError('no compose provider specified, please refer to `man podman-compose` for details');
  const misses: string[] = [];
  for (const candidate of candidates) {
    const path = candidate.replace(/\$\{?(\w+)\}?/g, (_, name: string) => process.env[name] ?? '');
    const found = path.includes('/') ? firstExecutable([path]) : findInPath(path);
    if (found !== undefined) {
      debug(`Found compose provider ${JSON.stringify(found)}`);
      return found;
    }
    misses.push(`\t* exec: ${JSON.stringify(path)}: ${reason(path)}`);
  }
  throw new SelkieError(`looking up compose provider failed\n${misses.length} errors occurred:\n${misses.join('\n')}`);
}

function reason(path: string): string {
  if (!path.includes('/')) return 'executable file not found in $PATH';
  try {
    statSync(path);
    return 'permission denied';
  } catch {
    return `stat ${path}: no such file or directory`;
  }
}

/** What a compose provider needs to find our API; buildkit speaks a protocol that is not ours. */
export function composeEnvironment(): Record<string, string> {
  const socket = isRootless() ? join(runtimeDir(), 'podman/podman.sock') : '/run/podman/podman.sock';
  return {
    DOCKER_HOST: process.env['DOCKER_HOST'] ?? `unix://${socket}`,
    DOCKER_BUILDKIT: '0',
    DOCKER_CONFIG: process.env['DOCKER_CONFIG'] ?? '',
  };
}

/** Whether to say on each call that another program does the work. */
export function announcesComposeProvider(): boolean {
  const asked = process.env['PODMAN_COMPOSE_WARNING_LOGS'];
  if (asked === undefined) return loadContainersConf().engine.compose_warning_logs;
  return !/^(0|f|false)$/i.test(asked);
}
