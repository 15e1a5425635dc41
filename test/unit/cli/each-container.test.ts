import { expect, it } from 'vitest';
import { eachContainer } from '../../../src/cli/each-container.ts';
import type { Selected } from '../../../src/container/selection.ts';

it('works on some containers at once, not on all: each may watch files', async () => {
  const selected = Array.from({ length: 200 }, (_, at) => ({ typed: `c${at}` }) as Selected);
  let now = 0;
  let most = 0;
  const printed: string[] = [];
  await eachContainer(
    selected,
    async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
    },
    { print: (text) => printed.push(text) },
  );
  expect(printed).toHaveLength(200);
  expect(most).toBeGreaterThan(4);
  expect(most).toBeLessThanOrEqual(16);
});
