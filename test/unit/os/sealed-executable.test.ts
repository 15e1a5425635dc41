import { closeSync, readFileSync, writeSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sealedCopy } from '../../../src/os/sealed-executable.ts';

it('runs like the original and lets nobody change it', async () => {
  const copy = sealedCopy('/bin/echo')!;
  const child = Bun.spawn(['/proc/self/fd/3', 'same'], { argv0: 'echo', stdio: ['ignore', 'pipe', 'ignore', copy] as never });
  expect(await new Response(child.stdout as unknown as ReadableStream).text()).toBe('same\n');
  expect(readFileSync(`/proc/self/fd/${copy}`).equals(readFileSync('/bin/echo'))).toBe(true);
  expect(() => writeSync(copy, 'x', 0)).toThrow('EPERM');
  closeSync(copy);
});

it('is none where there is no such file', () => {
  expect(sealedCopy('/nowhere/crun')).toBeUndefined();
});
