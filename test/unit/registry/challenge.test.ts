import { describe, expect, it } from 'vitest';
import { retryAfter } from '../../../src/registry/backoff.ts';
import { parseChallenges } from '../../../src/registry/challenge.ts';
import { registryError } from '../../../src/registry/errors.ts';

describe('challenges', () => {
  it.each([
    [null, []],
    ['Basic realm="a, b"', [{ scheme: 'basic', parameters: { realm: 'a, b' } }]],
    [
      'Bearer realm="https://t/x",service="s",scope="repository:a/b:pull,push"',
      [{ scheme: 'bearer', parameters: { realm: 'https://t/x', service: 's', scope: 'repository:a/b:pull,push' } }],
    ],
    [
      'Basic realm=x, Bearer realm="y"',
      [
        { scheme: 'basic', parameters: { realm: 'x' } },
        { scheme: 'bearer', parameters: { realm: 'y' } },
      ],
    ],
    ['=broken', []],
  ])('%j', (header, expected) => {
    expect(parseChallenges(header)).toEqual(expected);
  });
});

describe('answers that nobody wants', () => {
  it.each([
    [404, '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}', 'manifest unknown'],
    [403, '{"errors":[{"code":"DENIED","message":"not for you"}]}', 'denied: not for you'],
    [401, '', 'authentication required'],
    [502, '<html>Bad Gateway</html>', 'StatusCode: 502, "<html>Bad Gateway</html>"'],
  ])('%i %s', (status, body, message) => {
    expect(registryError(status, 'https://r/v2/', body).message).toBe(message);
  });

  it('reads when to come back', () => {
    expect(retryAfter('3')).toBe(3000);
    expect(retryAfter('86400')).toBe(60_000);
    expect(retryAfter('Thu, 01 Jan 1970 00:00:05 GMT', 0)).toBe(5000);
    expect(retryAfter('soon')).toBeUndefined();
  });
});
