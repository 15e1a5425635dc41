import type { ProgramName } from '../../config/globals.ts';
import type { CommandClass } from '../command.ts';
import { type FlagTable, flag, omit } from '../flag.ts';
import { globalFlags } from '../flags/global.ts';
import type { Location } from '../locate.ts';
import { hasRemoteEnvironment } from '../settle.ts';
import { summaryOf } from '../summary-of.ts';
import { treeOf } from '../trees.ts';
import { flagUsages, isShown } from './flag-usages.ts';

/** The text that explains a command or a group of commands, in the layout of the program it belongs to. */
export async function help(called: ProgramName, location: Location): Promise<string> {
  const path = [called, ...location.words].join(' ');
  if (location.node.load) {
    const { default: command } = await location.node.load();
    return location.program === 'buildah' || location.program === 'skopeo'
      ? cobraCommand(path, location, command)
      : podmanCommand(path, location, command);
  }
  const isRoot = location.words.length === 0 || location.node.program !== undefined;
  if (isRoot) return rootHelp(path, location);
  const summary = location.node.summary ?? '';
  const commands = listChildren(location, 11);
  if (location.program === 'buildah') {
    return `\n  ${summary}.\n\nUsage:\n  ${path} [command]\n\nAvailable Commands:\n${commands}\nFlags:\n${helpFlag(location)}\n${moreAbout(path)}`;
  }
  return `${summary}\n\nDescription:\n  ${summary}.\n\nUsage:\n  ${path} [command]\n\nAvailable Commands:\n${commands}\n`;
}

/** The part of a help text that begins with how the command is used. */
export const usageText = (text: string): string => text.slice(text.indexOf('Usage:'));

/** What comes after the program's name in the line of usage. */
export function useLine(program: ProgramName, command: CommandClass): string {
  const { usage } = command;
  const hasFlags = Object.values(command.flags).some(isShown);
  if (program === 'buildah') return `${usage} [flags]`.trim();
  if (usage.startsWith('[options]') || !hasFlags) return usage;
  return `${program === 'skopeo' ? '[command options]' : '[options]'} ${usage}`.trim();
}

function podmanCommand(path: string, location: Location, command: CommandClass): string {
  const aliases = location.node.aliases?.length ? `\nAliases:\n  ${[location.words.at(-1)!, ...location.node.aliases].join(', ')}\n` : '';
  const flags = Object.values(command.flags).some(isShown) ? `\nOptions:\n${flagUsages(command.flags)}` : '';
  return (
    `${command.summary}\n\nDescription:\n  ${descriptionOf(command)}\n\n` +
    `Usage:\n  ${path} ${useLine(location.program, command)}`.trimEnd() +
    `\n${aliases}${examplesOf(path, command, '  ')}${flags}\n`
  );
}

function cobraCommand(path: string, location: Location, command: CommandClass): string {
  const indent = location.program === 'buildah' ? '  ' : '';
  const own: FlagTable = { ...command.flags, help: flag.bool({ short: 'h', summary: `Explain ${location.words.at(-1)}` }) };
  const aliases = location.node.aliases?.length ? `\nAliases:\n  ${[location.words.at(-1)!, ...location.node.aliases].join(', ')}\n` : '';
  return (
    `${indent === '' ? '' : '\n  '}${descriptionOf(command)}\n\n` +
    `Usage:\n${indent}${path} ${useLine(location.program, command)}\n${aliases}${examplesOf(path, command, indent)}` +
    `\nFlags:\n${flagUsages(own)}\n`
  );
}

const descriptionOf = (command: CommandClass): string => command.description ?? `${command.summary}.`;

/** Examples begin with the name of the program, unless they are lines of shell that have it in the middle. */
function examplesOf(path: string, command: CommandClass, indent: string): string {
  const program = /^selkie (buildah|skopeo)\b/.exec(path)?.[0] ?? path.split(' ', 1)[0]!;
  const lines = command.examples.map((example) =>
    example.includes('| podman ') ? example.replace('| podman ', `| ${program} `) : `${program} ${example}`,
  );
  return lines.length === 0 ? '' : `\nExamples:\n${lines.map((line) => `${indent}${line}\n`).join('')}`;
}

/** podman hides `--remote` where something else has said it already. */
const isRemoteAsked = (location: Location): boolean =>
  hasRemoteEnvironment() || /(^| )--(url|connection|host)[ =]/.test(location.rest.join(' '));

function rootHelp(path: string, location: Location): string {
  const { local, persistent } = globalFlags[location.program];
  const flags = flagUsages({ ...persistent, ...(isRemoteAsked(location) ? omit(local, 'remote') : local) });
  const commands = listChildren(location, 11);
  switch (location.program) {
    case 'buildah':
      return `Build OCI images step by step\n\nUsage:\n  ${path} [flags]\n  ${path} [command]\n\nAvailable Commands:\n${commands}\nFlags:\n${flags}\n${moreAbout(path)}`;
    case 'skopeo':
      return `Look at, copy, sign and delete images where they are\n\nUsage:\n  ${path} [flags]\n  ${path} [command]\n\nAvailable Commands:\n${commands}\nFlags:\n${flags}\n${moreAbout(path)}`;
    default:
      return `Run, build and share containers, pods and images\n\nUsage:\n  ${path} [options] [command]\n\nAvailable Commands:\n${commands}\nOptions:\n${flags}`;
  }
}

function listChildren(location: Location, least: number): string {
  const children = location.words.length === 0 ? treeOf(location.program) : location.node.children!;
  const names = Object.keys(children)
    .filter((name) => !children[name]!.hidden)
    .sort();
  const width = Math.max(least, ...names.map((name) => name.length));
  return names
    .map((name) => `  ${name.padEnd(width)} ${summaryOf(location.program, [...location.words, name], children[name]!)}\n`)
    .join('');
}

function helpFlag(location: Location): string {
  return flagUsages({ help: flag.bool({ short: 'h', summary: `Explain ${location.words.at(-1)}` }) });
}

const moreAbout = (path: string): string => `Use "${path} [command] --help" for more information about a command.\n`;
