// Prints a table of the numbered lines of the security and reliability list with the tests that hold them; fails when one of the
// containers' part has none.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const numbers = (letter: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${letter}${String(from + at).padStart(2, '0')}`);
const required = [...numbers('S', 20, 39), ...numbers('S', 60, 62)];

const tests = new Map<string, string[]>();
for (const name of readdirSync('test', { recursive: true, encoding: 'utf8' }).sort()) {
  if (!name.endsWith('.test.ts')) continue;
  const file = join('test', name);
  for (const [at, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    const title = /['"`]((?:[SR]\d\d(?:, )?)+:? .*?)['"`](?:,| *\))/.exec(line)?.[1];
    if (title === undefined) continue;
    for (const [number] of title.matchAll(/\b[SR]\d\d\b/g)) {
      tests.set(number, [...(tests.get(number) ?? []), `${file}:${at + 1} ${title.replaceAll('|', '\\|')}`]);
    }
  }
}

console.log('| line | tests |\n| --- | --- |');
for (const number of [...new Set([...tests.keys(), ...required])].sort()) {
  console.log(`| ${number} | ${tests.get(number)?.join('<br>') ?? '**none**'} |`);
}
const missing = required.filter((number) => !tests.has(number));
console.log(`\n${required.length - missing.length} of ${required.length} lines about containers have a test`);
if (missing.length > 0) {
  console.error(`without a test: ${missing.join(' ')}`);
  process.exitCode = 1;
}
