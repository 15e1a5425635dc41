import type { ProgramName } from '../../config/globals.ts';
import type { CommandClass } from '../command.ts';
import type { FlagTable } from '../flag.ts';
import { addGlobals, globalFlags } from '../flags/global.ts';
import { type Location, locate } from '../locate.ts';
import { HelpWanted, type ParsedLine, parseLine, UsageError } from '../parse.ts';
import { writeError, writeOut } from '../streams.ts';
import { summaryOf } from '../summary-of.ts';
import { treeOf } from '../trees.ts';
import { type Answer, Directive, directiveNames, nothing, ordinary } from './answer.ts';
import { awaitedFlag } from './awaited-flag.ts';
import { flagNames } from './flag-names.ts';

/**
 * Answers a shell that asks what may come next, by cobra's protocol: `__complete WORD... PREFIX` prints a candidate a line, with its
 * description after a tab, and a number that says what the shell may do with them.
 */
export async function complete(program: ProgramName, argv: readonly string[]): Promise<void> {
  if (argv.length < 2) {
    writeError('Error: requires at least 1 arg(s), only received 0\n');
    process.exitCode = 125;
    return;
  }
  const described = argv[0] === '__complete';
  const answer = await answerFor(program, argv.slice(1, -1), argv.at(-1)!);
  const lines = answer.candidates.map(([word, description]) =>
    described && description !== undefined && description !== '' ? `${word}\t${description.split('\n', 1)[0]}` : word,
  );
  writeOut(`${[...lines, `:${answer.directive}`].join('\n')}\n`);
  writeError(`Completion ended with directive: ${directiveNames(answer.directive)}\n`);
}

async function answerFor(program: ProgramName, before: readonly string[], prefix: string): Promise<Answer> {
  try {
    const location = locate(program, treeOf(program), before);
    return location.node.load ? await answerInCommand(location, prefix) : await answerInGroup(location, prefix);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!(error instanceof HelpWanted)) writeOut(`[Debug] [Error] ${error.message}\n`);
    return ordinary;
  }
}

/** A command of the group, or a flag that may stand before one. */
async function answerInGroup(location: Location, prefix: string): Promise<Answer> {
  const { local, persistent } = globalFlags[location.program];
  const isRoot = location.words.length === 0 || location.node.program !== undefined;
  const tables = isRoot ? [persistent, local] : [persistent];
  const awaited = awaitedFlag(location.rest, prefix, tables, true);
  if (awaited) return valuesOf(location, parsed(awaited.before, tables, true), awaited);
  const line = parsed(location.rest, tables, true);
  if (line.args.length > 0) return ordinary;
  if (prefix.startsWith('-')) {
    const shown = isRoot || location.program === 'buildah' ? tables : [];
    return { candidates: flagNames(shown, line, prefix), directive: Directive.noFiles };
  }
  const children = location.words.length === 0 ? treeOf(location.program) : location.node.children!;
  const names = Object.keys(children).filter((name) => !children[name]!.hidden && name.startsWith(prefix));
  return {
    candidates: names.sort().map((name) => [name, summaryOf(location.program, [...location.words, name], children[name]!)]),
    directive: Directive.noFiles,
  };
}

async function answerInCommand(location: Location, prefix: string): Promise<Answer> {
  const { default: command } = await location.node.load!();
  const tables = [command.flags, globalFlags[location.program].persistent];
  const awaited = awaitedFlag(location.rest, prefix, tables, command.interspersed);
  if (awaited) return valuesOf(location, parsed(awaited.before, tables, command.interspersed), awaited);

  const line = parsed(location.rest, tables, command.interspersed);
  const flagsAllowed = line.dashAt < 0 && (command.interspersed || line.args.length === 0);
  if (prefix.startsWith('-') && flagsAllowed) {
    const shown = location.program === 'buildah' || location.program === 'skopeo' ? tables : [command.flags];
    return { candidates: flagNames(shown, line, prefix), directive: Directive.noFiles };
  }
  return argumentsOf(location, command, line, prefix);
}

async function valuesOf(location: Location, line: ParsedLine, awaited: NonNullable<ReturnType<typeof awaitedFlag>>): Promise<Answer> {
  const { flagValues } = await import('./flag-values.ts');
  return flagValues(awaited.name, awaited.flag, awaited.prefix, {
    program: location.program,
    words: location.words,
    args: line.args,
    globals: globalsOf(location, line),
  });
}

async function argumentsOf(location: Location, command: CommandClass, line: ParsedLine, prefix: string): Promise<Answer> {
  const { max = Number.POSITIVE_INFINITY, orLatest, complete: places } = command.args;
  const place = line.args.length;
  if (place >= (orLatest ? (command.args.max ?? 1) : max)) return nothing;
  const completer = places?.[Math.min(place, places.length - 1)];
  if (completer === undefined) return location.program === 'podman' || location.program === 'selkie' ? nothing : ordinary;
  const { valuesFor } = await import('./values.ts');
  return valuesFor(completer, prefix, {
    program: location.program,
    words: location.words,
    args: line.args,
    globals: globalsOf(location, line),
  });
}

function globalsOf(location: Location, line: ParsedLine): ReturnType<typeof addGlobals> {
  const given = new Map(location.given);
  const { persistent } = globalFlags[location.program];
  for (const name of line.changed) if (Object.hasOwn(persistent, name)) given.set(name, line.values[name]);
  return addGlobals({ programName: location.program, logLevel: 'warn' }, given);
}

function parsed(argv: readonly string[], tables: readonly FlagTable[], interspersed: boolean): ParsedLine {
  try {
    return parseLine(argv, tables, { interspersed });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`Error while parsing flags from args [${argv.join(' ')}]: ${error.message}`);
  }
}
