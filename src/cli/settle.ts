import { closeSync, openSync } from 'node:fs';
import type { GlobalOptions } from '../config/globals.ts';
import { NotYet } from '../errors.ts';
import type { CommandClass } from './command.ts';
import { addGlobals } from './flags/global.ts';
import type { Location } from './locate.ts';
import { log, PlainRefusal, startLog } from './log.ts';
import type { ParsedLine } from './parse.ts';

/**
 * The global options of a call, put into effect where the command line itself is concerned: log level and standard output.
 * @throws PlainRefusal
 */
export function settle(location: Location, command: CommandClass | undefined, line: ParsedLine): GlobalOptions {
  const given = new Map(location.given);
  for (const name of line.changed) if (!command || !Object.hasOwn(command.flags, name)) given.set(name, line.values[name]);
  const level = given.get('log-level');
  if (given.get('debug') === true && level !== undefined && level !== 'warn')
    throw new PlainRefusal('Setting --log-level and --debug is not allowed');
  const globals = addGlobals({ programName: location.program, logLevel: 'warn' }, given);
  // docker's flag for docker's variable: whatever reads credentials looks there, programs that we start too
  const config = given.get('config');
  if (typeof config === 'string' && config !== '') process.env['DOCKER_CONFIG'] = config;
  startLog(globals.logLevel);
  if (globals.module?.length) {
    const { loadContainersConf, useConfigModules } =
      require('../config/containers-conf.ts') as typeof import('../config/containers-conf.ts');
    useConfigModules(globals.module);
    loadContainersConf();
  }
  log('info', `${process.argv0} filtering at log level ${globals.logLevel}`);
  const out = globals.noOut ? '/dev/null' : globals.out;
  if (out !== undefined && out !== '') redirectOutput(out);
  return globals;
}

/** For this process and its children. @throws PlainRefusal */
function redirectOutput(path: string): void {
  const { redirect } = require('../os/redirect.ts') as typeof import('../os/redirect.ts');
  try {
    const file = openSync(path, 'w', 0o777);
    redirect(file, 1);
    closeSync(file);
  } catch (error) {
    const { errnoText } = require('../os/libc.ts') as typeof import('../os/libc.ts');
    throw new PlainRefusal(
      `unable to open file for standard output: open ${path}: ${errnoText((error as NodeJS.ErrnoException).code ?? '')}`,
    );
  }
}

/** Whether a service elsewhere is meant, by flags or, as for podman, by the environment; `--remote=false` keeps it here. */
export function isRemote(globals: GlobalOptions): boolean {
  if (globals.remote !== undefined) return globals.remote;
  if (globals.url !== undefined || globals.connection !== undefined) return true;
  return hasRemoteEnvironment() && (globals.programName === 'podman' || globals.programName === 'selkie');
}

export const hasRemoteEnvironment = (): boolean => Boolean(process.env['CONTAINER_HOST'] || process.env['CONTAINER_CONNECTION']);

/** @throws NotYet: selkie does its work itself. */
export function refuseRemote(globals: GlobalOptions): void {
  if (isRemote(globals)) throw new NotYet('a remote service');
}
