import type { ProgramName } from '../config/globals.ts';
import { checkArity } from './arity.ts';
import type { CommandClass, Invocation } from './command.ts';
import { report } from './failure.ts';
import { globalFlags } from './flags/global.ts';
import { type Location, locate } from './locate.ts';
import { isDebugging, log } from './log.ts';
import { HelpWanted, type ParsedLine, parseLine, UsageError } from './parse.ts';
import { versionText } from './program.ts';
import { refuseRemote, settle } from './settle.ts';
import { writeError, writeOut } from './streams.ts';
import { suggest } from './suggest.ts';
import { treeOf } from './trees.ts';

/** Runs a command line and returns the exit code. Whatever goes wrong has been printed by then. */
export async function run(program: ProgramName, argv: readonly string[]): Promise<number> {
  let speaking = program;
  try {
    const location = locate(program, treeOf(program), argv);
    speaking = location.program;
    const asked = location.words.length === 0 ? argv.findIndex((word) => word === '__complete' || word === '__completeNoDesc') : -1;
    if (asked > 0) return await completeAfterFlags(program, argv, asked);
    return location.node.load ? await runCommand(program, location) : await runGroup(program, location);
  } catch (error) {
    return report(speaking, error);
  }
}

/** `--root DIR __complete …`: without flags before it, a shell's question has been answered before this is loaded. */
async function completeAfterFlags(program: ProgramName, argv: readonly string[], at: number): Promise<number> {
  const { complete } = await import('./complete/main.ts');
  await complete(program, [argv[at]!, ...argv.slice(0, at), ...argv.slice(at + 1)]);
  return Number(process.exitCode ?? 0);
}

async function runCommand(called: ProgramName, location: Location): Promise<number> {
  const { default: command } = await location.node.load!();
  const path = [called, ...location.words].join(' ');
  let line: ParsedLine;
  try {
    line = readLine(command, location);
    if (!Object.hasOwn(command.flags, 'help') && line.values['help'] === true) throw new HelpWanted();
  } catch (error) {
    if (error instanceof HelpWanted) return showHelp(called, location);
    if (error instanceof UsageError) throw pointToHelp(error, location.program, path);
    throw error;
  }
  const globals = settle(location, command, line);
  try {
    checkArity(path, command.args, line);
  } catch (error) {
    if (command.args.helpFirst) writeError(await helpText(called, location));
    throw error;
  }
  refuseRemote(globals);
  return await execute(command, { path, argv: location.rest, line, globals });
}

function readLine(command: CommandClass, location: Location): ParsedLine {
  if (command.rawArguments && !['--help', '-h', 'help'].includes(location.rest[0] ?? '')) {
    return { args: location.rest, dashAt: -1, values: {}, changed: new Set() };
  }
  const tables = [command.flags, globalFlags[location.program].persistent];
  return parseLine(location.rest, tables, { interspersed: command.interspersed, onDeprecated: announce });
}

async function execute(command: CommandClass, invocation: Invocation): Promise<number> {
  const instance = new command(invocation);
  const name = invocation.path.split(' ').at(-1);
  log('trace', `${invocation.path}: ${invocation.line.args.length} arguments, flags: ${[...invocation.line.changed].join(' ')}`);
  const asTyped = () => `(${[process.argv0, ...process.argv.slice(2)].join(' ')})`;
  if (isDebugging()) log('debug', `Called ${name}.PersistentPreRunE${asTyped()}`);
  try {
    await instance.run();
    if (isDebugging()) log('debug', `Called ${name}.PersistentPostRunE${asTyped()}`);
  } finally {
    log('debug', 'Shutting down engines');
  }
  return instance.exitCode;
}

/** A group of commands, or the program itself: there is nothing to run but a wrong word to complain about. */
async function runGroup(called: ProgramName, location: Location): Promise<number> {
  const { program, words } = location;
  const path = [called, ...words].join(' ');
  const isRoot = words.length === 0 || location.node.program !== undefined;
  let line: ParsedLine;
  try {
    const { local, persistent } = globalFlags[program];
    line = parseLine(location.rest, isRoot ? [local, persistent] : [persistent]);
    if (line.values['help'] === true) throw new HelpWanted();
  } catch (error) {
    if (error instanceof HelpWanted) return showHelp(called, location);
    if (error instanceof UsageError) throw pointToHelp(error, program, path);
    throw error;
  }
  if (isRoot && line.values['version'] === true) {
    writeOut(`${versionText(program)}\n`);
    return 0;
  }
  settle(location, undefined, line);
  const word = line.args[0];
  if (program === 'buildah') {
    if (word !== undefined && isRoot) throw new UsageError(`unknown command "${word}" for "${path}"\n${didYouMean(location, word)}`);
    return showHelp(called, location);
  }
  const hint = `Try '${path} --help' for more information`;
  if (program === 'skopeo') {
    throw new UsageError(
      word === undefined ? `Missing command '${path} COMMAND'\n${hint}` : `Unrecognized command \`${path} ${word}\`\n${hint}`,
    );
  }
  if (word !== undefined) throw new UsageError(`unrecognized command \`${path} ${word}\`\n${didYouMean(location, word)}${hint}`);
  await showHelp(called, location);
  throw new UsageError(`missing command '${path} COMMAND'`);
}

function didYouMean(location: Location, word: string): string {
  // cobra allows for slips only in what comes right after the program's name.
  const names = suggest(location.node.children!, word, location.words.length === 0 ? 2 : 0);
  return names.length === 0 ? '' : `\nDid you mean this?\n\t${names.join('\n\t')}\n\n`;
}

const pointToHelp = (error: UsageError, program: ProgramName, path: string): UsageError =>
  program === 'podman' || program === 'selkie' ? new UsageError(`${error.message}\nSee '${path} --help'`) : error;

const announce = (name: string, text: string): void => writeError(`Flag --${name} has been deprecated, ${text}\n`);

async function showHelp(called: ProgramName, location: Location): Promise<number> {
  writeOut(await helpText(called, location));
  return 0;
}

async function helpText(called: ProgramName, location: Location): Promise<string> {
  const { help } = await import('./help/help.ts');
  return help(called, location);
}
