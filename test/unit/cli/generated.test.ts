import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../../scripts/generate/files.ts';

const root = join(import.meta.dirname, '../../..');

test('what `npm run generate` makes is what is committed', async () => {
  const stale: string[] = [];
  const files = await generatedFiles();
  for (const [path, text] of files) {
    const file = join(root, path);
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) stale.push(path);
  }
  for (const name of readdirSync(join(root, 'man'))) if (!files.has(`man/${name}`)) stale.push(`man/${name}`);
  expect(stale).toEqual([]);
});
