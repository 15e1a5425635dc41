import { expect, test } from 'vitest';
import { bytesSize, humanDuration, humanSize } from '../../../../src/cli/output/units.ts';

test.each([
  [0, '0B'],
  [999, '999B'],
  [1000, '1kB'],
  [1_048_576, '1.049MB'],
  [7_340_032, '7.34MB'],
  [172_000_000_000, '172GB'],
  [999_999, '1000kB'],
])('humanSize(%d) is %s', (bytes, text) => expect(humanSize(bytes)).toBe(text));

test.each([
  [1024, '1KiB'],
  [1_572_864, '1.5MiB'],
  [2 ** 40, '1TiB'],
])('bytesSize(%d) is %s', (bytes, text) => expect(bytesSize(bytes)).toBe(text));

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
test.each([
  [500, 'Less than a second'],
  [second, '1 second'],
  [59 * second, '59 seconds'],
  [minute, 'About a minute'],
  [59 * minute, '59 minutes'],
  [hour, 'About an hour'],
  [29 * minute + hour, 'About an hour'],
  [47 * hour, '47 hours'],
  [3 * day, '3 days'],
  [15 * day, '2 weeks'],
  [70 * day, '2 months'],
  [800 * day, '2 years'],
])('humanDuration(%d) is %s', (milliseconds, text) => expect(humanDuration(milliseconds)).toBe(text));
