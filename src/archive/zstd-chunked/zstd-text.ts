import { sha256Hex } from '../sha256.ts';
import type { TextSink } from '../tar-split-writer.ts';

const block = 1 << 20;

/** Text compressed as it comes, in frames one behind the other, and kept so. */
export class ZstdText implements TextSink {
  readonly #level: number;
  readonly #frames: Uint8Array[] = [];
  #pending = Buffer.allocUnsafe(block);
  #length = 0;
  uncompressed = 0;

  constructor(level: number) {
    this.#level = level;
  }

  pushText(text: string, encoding: 'latin1' | 'utf8' = 'utf8'): boolean {
    const bytes = Buffer.from(text, encoding);
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + block - this.#length);
      this.#pending.set(piece, this.#length);
      this.#length += piece.length;
      at += piece.length;
      if (this.#length === block) this.#compress();
    }
    this.uncompressed += bytes.length;
    return true;
  }

  async settle(): Promise<void> {}

  async end(): Promise<void> {
    this.#compress();
  }

  /** What was compressed, at the end. */
  result(): { bytes: Uint8Array; digest: string } {
    const bytes = Buffer.concat(this.#frames);
    return { bytes, digest: `sha256:${sha256Hex(bytes)}` };
  }

  #compress(): void {
    if (this.#length > 0) this.#frames.push(Bun.zstdCompressSync(this.#pending.subarray(0, this.#length), { level: this.#level }));
    this.#length = 0;
  }
}
