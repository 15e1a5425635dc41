import type { ImageReference } from './transport.ts';
import { DockerArchiveReference } from './transports/docker-archive-reference.ts';
import { DockerArchiveWriter } from './transports/docker-archive-writer.ts';

/** A new docker archive for several images. Unless it is finished, what was written is taken back. */
export class DockerArchivePlace implements Disposable {
  readonly #writer: DockerArchiveWriter;

  /** @throws SelkieError when there is an archive already */
  constructor(readonly path: string) {
    this.#writer = new DockerArchiveWriter(path);
  }

  /** Where to copy the next image to; its names are given as additional tags. */
  reference(): ImageReference {
    return new DockerArchiveReference(this.path, undefined, undefined, { writer: this.#writer });
  }

  finish(): void {
    this.#writer.finish();
  }

  [Symbol.dispose](): void {
    this.#writer[Symbol.dispose]();
  }
}
