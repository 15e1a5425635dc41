// Prints a table of the flags of `run` and `create` with a test for each, and fails when one has none.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ContainerCreate from '../src/cli/commands/container/create.ts';
import ContainerRun from '../src/cli/commands/container/run.ts';
import type { FlagTable } from '../src/cli/flag.ts';

interface Place {
  file: string;
  line: number;
  /** The name of the test, or of the table of cases. */
  title: string;
}

/** Where containers really run, first; then beside the real tool; units last. */
const directories = ['test/integration', 'test/fault', 'test/interop', 'test/unit/container', 'test/unit/cli'];

const sources = directories.flatMap((directory) =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => ({ file: join(directory, name), lines: readFileSync(join(directory, name), 'utf8').split('\n') })),
);

function findTest(name: string, aliases: readonly string[]): Place | undefined {
  const spelled = [name, ...aliases].map((one) => `--${one}`).join('|');
  const used = new RegExp(`(?:^|['"\`\\s])(?:${spelled})(?=['"\`=\\s,]|$)`);
  for (const { file, lines } of sources) {
    const at = lines.findIndex((line) => used.test(line));
    if (at >= 0) return { file, line: at + 1, title: titleOf(lines, at) };
  }
  return undefined;
}

/** The nearest `it(…)` above, or the table that the line belongs to. */
function titleOf(lines: readonly string[], at: number): string {
  for (let line = at; line >= 0; line--) {
    const title = /\b(?:it|describe)(?:\.\w+)*\(\s*(['"`])(.+?)\1/.exec(lines[line]!)?.[2] ?? /^export const (\w+)/.exec(lines[line]!)?.[1];
    if (title !== undefined) return title;
  }
  return '';
}

const tables: FlagTable[] = [ContainerRun.flags, ContainerCreate.flags];
const flags = new Map(tables.flatMap((table) => Object.entries(table)));
const rows = [...flags].sort().map(([name, { aliases = [] }]) => ({ name, place: findTest(name, aliases) }));
const missing = rows.filter(({ place }) => place === undefined);

console.log('| flag | test |\n| --- | --- |');
for (const { name, place } of rows) {
  console.log(
    `| \`--${name}\` | ${place === undefined ? '**none**' : `${place.file}:${place.line} ${place.title.replaceAll('|', '\\|')}`} |`,
  );
}
console.log(`\n${rows.length - missing.length} of ${rows.length} flags have a test`);
if (missing.length > 0) {
  console.error(`without a test: ${missing.map(({ name }) => `--${name}`).join(' ')}`);
  process.exitCode = 1;
}
