/** Writes what is made of the command table: `npm run generate`. test/unit/cli/generated.test.ts fails when it was forgotten. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generatedFiles } from './generate/files.ts';

async function main(): Promise<void> {
  const files = await generatedFiles();
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const name of readdirSync('man')) if (!files.has(`man/${name}`)) rmSync(`man/${name}`);
}

void main();
