/** Writes what is made of the command table: `npm run generate`. test/unit/cli/generated.test.ts fails when it was forgotten. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generatedFiles } from './generate/files.ts';

async function main(): Promise<void> {
  for (const [path, text] of await generatedFiles()) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

void main();
