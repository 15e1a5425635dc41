import { closeSync } from 'node:fs';
import type { GrowingFile } from '../../archive/unpack.ts';
import type { PartialDownload } from '../../storage/partial-downloads.ts';
import { digestAlgorithm } from '../digest.ts';
import { InvalidManifest } from '../errors.ts';
import type { PutBlobInfo, ReadableBlob, ResumableBlob } from '../transport.ts';

/** Blobs below this size are loaded again after an interruption. */
const smallestKept = 1 << 20;

/** Whether what there is of a blob is kept when it breaks off. */
export function isWorthKeeping(blob: ReadableBlob, { digest, size }: PutBlobInfo): blob is ResumableBlob {
  return digest !== undefined && digestAlgorithm(digest) === 'sha256' && size >= smallestKept && 'streamFrom' in blob;
}

/** A blob that is downloaded into a file, from where it was left before, and read there while it grows. Dispose ends the download. */
export class ArrivingBlob implements GrowingFile, Disposable {
  /** Something of it was there before. */
  readonly hadBytes: boolean;
  readonly lengths: AsyncIterable<number>;
  readonly fd: number;
  #isOver = false;

  constructor(
    private readonly download: PartialDownload,
    private readonly blob: ResumableBlob,
    private readonly onBytes: ((count: number) => void) | undefined,
  ) {
    if (download.size > blob.size) download.restart();
    this.hadBytes = download.size > 0;
    this.lengths = this.receive();
    this.fd = download.openForReading();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    closeSync(this.fd);
  }

  private async *receive(): AsyncGenerator<number> {
    const { download, blob } = this;
    if (this.hadBytes) {
      this.onBytes?.(download.size);
      yield download.size;
    }
    if (download.size === blob.size) return;
    for await (const chunk of blob.streamFrom(download.size)) {
      // Nobody waits for it any more, and the file may be another download's by now.
      if (this.#isOver) return;
      if (download.size + chunk.length > blob.size)
        throw new InvalidManifest(`blob is longer than the ${blob.size} bytes that the manifest says`);
      download.append(chunk);
      this.onBytes?.(chunk.length);
      yield download.size;
    }
  }
}
