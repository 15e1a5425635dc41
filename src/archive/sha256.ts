/** SHA-256 in hex. Bun's own hasher: loading node:crypto costs as much as a small command takes. */
export function sha256Hex(data: Uint8Array | string): string {
  return new Bun.CryptoHasher('sha256').update(data).digest('hex');
}
