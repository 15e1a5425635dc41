import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { findInPath } from '../config/containers-conf.ts';
import { isRootless, runtimeDir } from '../config/paths.ts';
import { SelkieError } from '../errors.ts';
import { sealedCopy } from '../os/sealed-executable.ts';
import { isSelinuxEnabled } from '../os/selinux.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';
import { RuntimeFailed } from './errors.ts';

/** The OCI runtime as configured: crun, runc or one that takes their command line. */
export interface OciRuntime {
  name: string;
  path: string;
  /** Global flags before the verb. */
  flags: string[];
  supportsJson: boolean;
  supportsNoCgroups: boolean;
}

/** @throws SelkieError when no executable is found */
export function resolveRuntime(engine: ContainerEngine, given = ''): OciRuntime {
  const { engine: conf } = engine.conf;
  const wanted = given || engine.globals.runtime || conf.runtime;
  const name = basename(wanted);
  const path = wanted.includes('/') ? firstExisting([wanted]) : (firstExisting(conf.runtimes[wanted] ?? []) ?? findInPath(wanted));
  if (path === undefined) {
    throw new SelkieError(
      wanted.includes('/')
        ? `no valid executable found for OCI runtime ${wanted}: invalid argument`
        : conf.runtimes[wanted] === undefined
          ? `default OCI runtime "${wanted}" not found: invalid argument`
          : `no valid executable found for OCI runtime ${wanted}: invalid argument`,
    );
  }
  const given_flags = engine.globals.runtimeFlags?.map((flag) => `--${flag}`) ?? [];
  return {
    name: wanted.includes('/') ? wanted : name,
    path,
    flags: given_flags.length > 0 ? given_flags : (conf.runtimes_flags[name] ?? []).map((flag) => `--${flag}`),
    supportsJson: conf.runtime_supports_json.includes(name),
    supportsNoCgroups: conf.runtime_supports_nocgroup.includes(name),
  };
}

export const runtimeOf = (engine: ContainerEngine, container: Container): OciRuntime => resolveRuntime(engine, container.config.runtime);

function firstExisting(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

/** Runs `RUNTIME verb…` and waits. `stderr` is what it complained of, as it came. */
export async function callRuntime(runtime: OciRuntime, args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawnRuntime(runtime, args, ['ignore', 'pipe', 'pipe']);
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, stdout, stderr };
}

/** Starts the process of a created container. @throws RuntimeFailed */
export async function startProcess(runtime: OciRuntime, id: string): Promise<void> {
  const child = spawnRuntime(runtime, ['start', id], ['ignore', 'ignore', 'pipe']);
  const code = await child.exited;
  if (code !== 0) throw runtimeError(runtime, await child.stderr.text());
}

/** Removes what the runtime keeps of an ended container (cgroup, state directory); nothing left is as good. */
export async function deleteFromRuntime(runtime: OciRuntime, id: string): Promise<void> {
  await spawnRuntime(runtime, ['delete', '--force', id], ['ignore', 'ignore', 'ignore']).exited;
}

function spawnRuntime<Out extends 'pipe' | 'ignore', Err extends 'pipe' | 'ignore'>(
  runtime: OciRuntime,
  args: readonly string[],
  stdio: ['ignore', Out, Err],
): Bun.Subprocess<'ignore', Out, Err> {
  const copy = sealedRuntime(runtime);
  const streams = copy === undefined ? stdio : [...stdio, copy];
  return Bun.spawn([copy === undefined ? runtime.path : '/proc/self/fd/3', ...runtime.flags, ...args], {
    argv0: runtime.path,
    stdio: streams as typeof stdio,
    env: runtimeEnvironment(),
  });
}

const sealedRuntimes = new Map<string, number | undefined>();

/**
 * A descriptor of a sealed copy of the runtime. crun goes on from such a copy in any case, so that no container can write to its
 * executable: each call makes one and starts a second time. Ours is made once for all calls of this process. undefined for other
 * runtimes, and where it counts which file is executed: for SELinux, and for AppArmor where that lets only named programs make user
 * namespaces.
 */
export function sealedRuntime({ path }: OciRuntime): number | undefined {
  if (sealedRuntimes.has(path)) return sealedRuntimes.get(path);
  const counts =
    basename(path) !== 'crun' ||
    isSelinuxEnabled() ||
    (isRootless() && existsSync('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'));
  const copy = counts ? undefined : sealedCopy(path);
  sealedRuntimes.set(path, copy);
  return copy;
}

export function runtimeEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  if (process.env['PATH'] !== undefined) environment['PATH'] = process.env['PATH'];
  if (isRootless()) environment['XDG_RUNTIME_DIR'] = runtimeDir();
  else environment['XDG_RUNTIME_DIR'] = '/run';
  return environment;
}

/** Whether a name stands for runc's own command line: then a plain kill(2) does what its `kill` verb does. */
export const isPlainRuntime = (runtime: OciRuntime): boolean => /^(crun|runc|youki)$/.test(basename(runtime.path));

/** The runtime's complaint: the last message of its JSON log, else its stderr. */
export function runtimeMessage(logPath: string): string {
  let text: string;
  try {
    text = readFileSync(logPath, 'utf8');
  } catch {
    return '';
  }
  let message = '';
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue;
    try {
      const entry = JSON.parse(line) as { level?: string; msg?: string };
      if (entry.level === 'error' || message === '') message = entry.msg ?? message;
    } catch {
      // half a line of a runtime that was killed
    }
  }
  return message;
}

/** What the runtime said, sorted into podman's kinds of error (126 denied, 127 not found). */
export function runtimeError(runtime: OciRuntime, said: string): RuntimeFailed {
  const message = said.trim();
  const denied = /.*permission denied.*|.*operation not permitted.*/i.exec(message);
  if (denied !== null) return new RuntimeFailed(`${runtime.name}: ${denied[0].trim()}: OCI permission denied`, { exitCode: 126 });
  const missing = /.*executable file not found in.*|.*no such file or directory.*|.*open executable.*/i.exec(message);
  if (missing !== null) {
    return new RuntimeFailed(`${runtime.name}: ${missing[0].trim()}: OCI runtime attempted to invoke a command that was not found`, {
      exitCode: 127,
    });
  }
  const attribute = /`\/proc\/[a-z0-9-].+\/attr.*`/.exec(message);
  if (attribute !== null) {
    const text = attribute[0];
    if (text.endsWith('/exec`')) return new RuntimeFailed(`${text}: OCI runtime: unable to assign security attribute`, { exitCode: 126 });
    if (text.endsWith('/current`')) return new RuntimeFailed(`${text}: OCI runtime: unable to get security attribute`, { exitCode: 126 });
  }
  return new RuntimeFailed(`OCI runtime error: ${runtime.name}: ${message}`, { exitCode: 126 });
}
