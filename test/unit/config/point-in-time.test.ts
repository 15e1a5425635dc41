import { describe, expect, it } from 'vitest';
import { parseGoDuration, parsePointInTime } from '../../../src/config/point-in-time.ts';

describe('parseGoDuration', () => {
  it.each([
    ['1h30m', 5_400_000_000_000n],
    ['-1.5s', -1_500_000_000n],
    ['10ms', 10_000_000n],
    ['0', 0n],
    ['.5h', 1_800_000_000_000n],
  ])('%s', (text, expected) => {
    expect(parseGoDuration(text)).toBe(expected);
  });

  it.each(['', '1', 'h', '1d', '1h 2m'])('refuses %j', (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  });
});

describe('parsePointInTime', () => {
  it('counts back from now', () => {
    expect(parsePointInTime('2m', 600_000)).toBe(480_000_000_000n);
  });

  it('takes seconds, dates and RFC 3339', () => {
    expect(parsePointInTime('1136073845.000000001')).toBe(1136073845000000001n);
    expect(parsePointInTime('2006-01-02T15:04:05Z')).toBe(1136214245000000000n);
    expect(parsePointInTime('2006-01-02T15:04:05.123+01:00')).toBe(1136210645123000000n);
  });

  it('refuses other text', () => {
    expect(() => parsePointInTime('tomorrow')).toThrow('failed to parse value as time or duration: "tomorrow"');
  });
});
