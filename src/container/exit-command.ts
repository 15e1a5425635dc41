import { existsSync } from 'node:fs';
import { processStartTime } from '../os/process.ts';
import { selfCommand } from '../os/self.ts';
import type { ContainerEngine } from './engine.ts';

/** What conmon runs when a container or exec session ends: selkie again, with the global options that lead to the same store. */
export function exitCommand(
  engine: ContainerEngine,
  what: { id: string; remove?: boolean; removeImage?: boolean; execSession?: string },
): string[] {
  return [
    ...sameStoreCommand(engine),
    'container',
    'cleanup',
    '--stopped-only',
    ...(what.execSession === undefined ? [] : ['--exec', what.execSession]),
    ...(what.remove ? ['--rm'] : []),
    ...(what.removeImage ? ['--rmi'] : []),
    what.id,
  ];
}

/** What a timer runs to check a container's health. */
export function healthcheckCommand(engine: ContainerEngine, id: string): string[] {
  return [...sameStoreCommand(engine), 'healthcheck', 'run', id];
}

/** Selkie, with the global options that lead to the same store; a command follows. */
export function sameStoreCommand(engine: ContainerEngine): string[] {
  const { globals, paths, storeOptions, conf } = engine;
  return [
    ...selfCommand(),
    '--root',
    paths.graphRoot,
    '--runroot',
    paths.runRoot,
    '--log-level',
    globals.logLevel || 'warning',
    '--cgroup-manager',
    engine.cgroupManager,
    '--tmpdir',
    paths.tmpDir,
    ...(globals.networkConfigDir ? ['--network-config-dir', globals.networkConfigDir] : []),
    ...(globals.volumepath ? ['--volumepath', globals.volumepath] : []),
    ...(storeOptions.transientStore ? ['--transient-store'] : []),
    ...(globals.runtime ? ['--runtime', globals.runtime] : []),
    ...(globals.runtimeFlags ?? []).flatMap((flag) => ['--runtime-flag', flag]),
    '--storage-driver',
    storeOptions.driver,
    ...storeOptions.graphOptions.flatMap((option) => ['--storage-opt', option]),
    ...(storeOptions.imageStore ? ['--imagestore', storeOptions.imageStore] : []),
    '--events-backend',
    globals.eventsBackend || conf.engine.events_logger,
    ...(globals.hooksDir ?? []).flatMap((directory) => ['--hooks-dir', directory]),
    ...(globals.module ?? []).flatMap((module) => ['--module', module]),
    ...(globals.syslog ? ['--syslog'] : []),
  ];
}

/**
 * Nothing to do where `$0` is gone, or while the process `$1` lives that began at `$2`; else the command after these. The start time is the
 * 22nd field of /proc/PID/stat; the shell counts the fields after the name.
 */
const script =
  '[ -e "$0" ] || exit 0; read -r line 2>/dev/null < "/proc/$1/stat" && start=$2 && shift 2 && words=${line##*) } && field() { shift 19; [ "$1" = "$start" ]; } && field $words && exit 0; [ -n "$start" ] || shift 2; exec "$@"';

/**
 * The exit command for what someone waits for: while this process lives, or when it has taken `directory` away already, it cleans up
 * itself, and a second start of selkie would only slow things down. When it has been killed (or has detached and left) the command runs.
 */
export function unlessCleaned(command: string[], directory: string): string[] {
  if (!existsSync('/bin/sh')) return command;
  return ['/bin/sh', '-c', script, directory, String(process.pid), processStartTime(process.pid), ...command];
}
