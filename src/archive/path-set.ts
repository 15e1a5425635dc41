/**
 * Remembers names by 64 bits of hash, eight bytes each where a Set of strings takes over a hundred: archives may have a million of
 * them. Two names are taken for the same by mistake once in 40 million archives of a million names. The seed is another one in
 * each process, so that no archive can be made for it.
 */
export class PathSet {
  #low = new Uint32Array(1 << 12);
  #high = new Uint32Array(1 << 12);
  #size = 0;
  readonly #seed = Math.trunc(Math.random() * 0x100000000);

  /** False when the name was there. */
  add(name: string): boolean {
    let low = this.#seed;
    let high = ~this.#seed;
    for (let i = 0; i < name.length; i++) {
      const code = name.charCodeAt(i);
      low = Math.imul(low ^ code, 0x01000193);
      low ^= low >>> 15;
      high = Math.imul(high ^ code, 0x85ebca6b);
      high ^= high >>> 13;
    }
    // Zero marks a free place.
    return this.#insert(low >>> 0 || 1, high >>> 0);
  }

  #insert(low: number, high: number): boolean {
    const mask = this.#low.length - 1;
    let at = (low ^ (high >>> 7)) & mask;
    for (; this.#low[at] !== 0; at = (at + 1) & mask) {
      if (this.#low[at] === low && this.#high[at] === high) return false;
    }
    this.#low[at] = low;
    this.#high[at] = high;
    if (++this.#size * 2 > this.#low.length) this.#grow();
    return true;
  }

  #grow(): void {
    const [low, high] = [this.#low, this.#high];
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    this.#size = 0;
    for (let at = 0; at < low.length; at++) if (low[at] !== 0) this.#insert(low[at]!, high[at]!);
  }
}
