import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CommandClass } from '../../../src/cli/command.ts';
import type { Flag } from '../../../src/cli/flag.ts';
import { globalFlags } from '../../../src/cli/flags/global.ts';
import { defaultText, isShown, valueName } from '../../../src/cli/help/flag-usages.ts';
import { useLine } from '../../../src/cli/help/help.ts';
import { locate } from '../../../src/cli/locate.ts';
import { treeOf } from '../../../src/cli/trees.ts';

interface ReferenceFlag {
  name: string;
  short?: string;
  type: string;
  default?: string;
}
interface ReferenceCommand {
  usage: string;
  aliases: string[];
  flags: ReferenceFlag[];
  subcommands: string[];
}

const programs = ['podman', 'buildah', 'skopeo'] as const;
const reference = (program: string): Record<string, ReferenceCommand> =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../fixtures/reference/cli-${program}.json`), 'utf8'));

/** Lines of usage in which the original contradicts itself or its other commands; ours follow its rule. */
const usageDiffers = new Set(['artifact push', 'standalone-verify']);

/** `podman generate kube` hides a flag that its twin `kube generate` hides too; everything else is compared. */
describe.each(programs)('%s has every command and flag of the original', (program) => {
  const commands = reference(program);
  test.each(Object.keys(commands).filter((path) => path !== ''))('%s', async (path) => {
    const wanted = commands[path]!;
    const location = locate(program, treeOf(program), path.split(' '));
    expect(location.rest).toEqual([]);
    const typed = path.split(' ').at(-1)!;
    expect([location.words.at(-1), ...(location.node.aliases ?? [])]).toEqual(expect.arrayContaining([typed, ...wanted.aliases]));
    if (wanted.subcommands.length > 0) {
      expect(Object.keys(location.node.children ?? {})).toEqual(expect.arrayContaining(wanted.subcommands));
      return;
    }
    const { default: command } = await location.node.load!();
    expect(surface(command)).toEqual(wantedSurface(wanted.flags));
    if (!usageDiffers.has(path)) expect(`${program} ${path} ${useLine(program, command)}`.trim()).toBe(wanted.usage);
  });

  test('global flags', () => {
    const { local, persistent } = globalFlags[program];
    expect(names({ ...persistent, ...local })).toEqual(commands['']!.flags.map(({ name }) => name).sort());
  });
});

function surface(command: CommandClass) {
  return Object.entries(command.flags)
    .filter(([, flag]) => isShown(flag))
    .map(([name, flag]) => ({ name, short: flag.short, type: typeOf(flag), default: defaultOf(flag) }))
    .sort(byName);
}

function wantedSurface(flags: readonly ReferenceFlag[]) {
  return flags
    .filter(({ name }) => name !== 'help')
    .map((flag) => ({ name: flag.name, short: flag.short, type: flag.type, default: isDefault(flag.default) ? flag.default : undefined }))
    .sort(byName);
}

/** The reference was read from help texts: what it takes for a default is prose in places. */
const isDefault = (text: string | undefined): boolean => text !== undefined && !/^(is|hides|to|true if)\b|\(|^'/.test(text);

function typeOf(flag: Flag): string {
  const name = valueName(flag) || 'bool';
  return flag.noOptDefault === undefined || name === 'bool' ? name : `${name}[="${flag.noOptDefault}"]`;
}

function defaultOf(flag: Flag): string | undefined {
  const text = defaultText(flag);
  return isDefault(text) ? text : undefined;
}

const names = (table: Record<string, Flag>): string[] =>
  Object.keys(table)
    .filter((name) => isShown(table[name]!))
    .sort();
const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
