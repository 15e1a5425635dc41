import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Crc64 } from '../../../src/archive/crc64.ts';

/** The definition, a bit at a time. */
function slow(bytes: Uint8Array): bigint {
  let sum = 0xffffffffffffffffn;
  for (const byte of bytes) {
    sum ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) sum = sum & 1n ? (sum >> 1n) ^ 0xd800000000000000n : sum >> 1n;
  }
  return sum ^ 0xffffffffffffffffn;
}

const sumOf = (...pieces: Uint8Array[]): Uint8Array => {
  const crc = new Crc64();
  for (const piece of pieces) crc.update(piece);
  return crc.digest();
};

test('the sum that Go writes', () => {
  expect(Buffer.from(sumOf(Buffer.from('x\n'))).toString('base64')).toBe('YVMQAAAAAAA=');
});

test('any bytes, in any pieces, at any alignment', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(7), (bytes, cut, shift) => {
      const moved = new Uint8Array(bytes.length + shift).subarray(shift);
      moved.set(bytes);
      expect(Buffer.from(sumOf(moved.subarray(0, cut), moved.subarray(cut))).readBigUInt64BE()).toBe(slow(bytes));
    }),
  );
});
