import { describe, expect, it } from 'vitest';
import { formatInstant, instantOf, unixSeconds } from '../../../src/image/instant.ts';

describe('instants', () => {
  it.each(['2026-11-24T08:40:28.693590268Z', '1970-01-01T00:00:00Z', '2026-11-24T08:40:28.5Z', '1969-12-31T23:59:59.1Z'])(
    'keeps %s',
    (text) => {
      expect(formatInstant(instantOf(text))).toBe(text);
    },
  );

  it('reads zones', () => {
    expect(instantOf('2026-01-01T01:00:00.5+01:00')).toBe(instantOf('2026-01-01T00:00:00.500000000Z'));
  });

  it('takes no time for none', () => {
    expect(instantOf(undefined)).toBe(0n);
    expect(instantOf('yesterday')).toBe(0n);
  });

  it('rounds seconds down', () => {
    expect(unixSeconds('2026-11-24T08:40:28.999Z')).toBe(1795509628);
    expect(unixSeconds('1969-12-31T23:59:59.5Z')).toBe(-1);
  });
});
