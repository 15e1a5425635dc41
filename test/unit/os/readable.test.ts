import { closeSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makePipe } from '../../../src/os/process.ts';
import { EPOLLIN, untilReadable, watchOf } from '../../../src/os/readable.ts';

it('is told of a pipe that was closed without a word', async () => {
  using pipe = makePipe();
  const watch = watchOf(pipe.read, EPOLLIN);
  using readiness = untilReadable(watch);
  setTimeout(() => pipe.closeWrite(), 50);
  expect(await Promise.race([readiness.ready.then(() => 'told'), Bun.sleep(5000).then(() => 'never')])).toBe('told');
  closeSync(watch);
});
