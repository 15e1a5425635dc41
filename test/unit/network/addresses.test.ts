import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contains,
  firstHost,
  formatCidr,
  formatIp,
  intersects,
  lastAddress,
  networkOf,
  nextNetwork,
  parseCidr,
  parseIp,
} from '../../../src/network/addresses.ts';

describe('parseIp', () => {
  it.each([
    ['10.88.0.1', '10.88.0.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::1', '::1'],
    ['::', '::'],
    ['fd00:0:0:1:0:0:0:2', 'fd00:0:0:1::2'],
    ['FE80::AbCd', 'fe80::abcd'],
    ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('reads %s as %s', (text, canonical) => {
    expect(formatIp(parseIp(text)!)).toBe(canonical);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.1.2',
    ' 10.0.0.1',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    'fe80::1%eth0',
    ':1',
  ])('refuses %j', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
        fc.pre(value >> 32n !== 0xffffn);
        expect(parseIp(formatIp({ bits: 128, value }))).toEqual({ bits: 128, value });
      }),
    );
  });
});

describe('networks', () => {
  const cidr = (text: string) => parseCidr(text)!;

  it('knows first and last addresses', () => {
    expect(formatIp(firstHost(cidr('10.89.3.7/24')))).toBe('10.89.3.1');
    expect(formatIp(lastAddress(cidr('10.89.3.7/24')))).toBe('10.89.3.255');
    expect(formatIp(firstHost(cidr('10.0.0.1/32')))).toBe('10.0.0.1');
    expect(formatIp(lastAddress(cidr('fd00::/64')))).toBe('fd00::ffff:ffff:ffff:ffff');
  });

  it('tells overlap', () => {
    expect(intersects(cidr('10.88.0.0/16'), cidr('10.88.7.0/24'))).toBe(true);
    expect(intersects(cidr('10.88.7.0/24'), cidr('10.88.0.0/16'))).toBe(true);
    expect(intersects(cidr('10.88.0.0/16'), cidr('10.89.0.0/16'))).toBe(false);
    expect(intersects(cidr('0.0.0.0/0'), cidr('fd00::/8'))).toBe(false);
    expect(contains(cidr('10.88.0.0/16'), parseIp('10.88.255.1')!)).toBe(true);
  });

  it('counts networks up to the end', () => {
    expect(formatCidr(nextNetwork(cidr('10.89.255.0/24'))!)).toBe('10.90.0.0/24');
    expect(nextNetwork(cidr('255.255.255.0/24'))).toBeUndefined();
    expect(formatCidr(networkOf(cidr('10.99.0.77/25')))).toBe('10.99.0.0/25');
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', 'fd00::/129', '10.0.0/8', '/8', '10.0.0.0/a'])('refuses %j', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });
});
