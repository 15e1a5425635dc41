import { rmSync } from 'node:fs';
import type { ImageReference } from './transport.ts';
import { DockerArchiveReference } from './transports/docker-archive-reference.ts';
import { DockerArchiveWriter } from './transports/docker-archive-writer.ts';

/** An archive that several images are copied to, one after another. */
export interface DockerArchivePlace extends AsyncDisposable {
  /** A destination in it, without a name of its own. */
  reference(): ImageReference;
  /** Writes the tables; without it the archive is not whole and vanishes. */
  finish(): Promise<void>;
}

/** @throws SelkieError when there is an archive already */
export function openDockerArchive(path: string): DockerArchivePlace {
  const writer = new DockerArchiveWriter(path);
  let isWhole = false;
  return {
    reference: () => new DockerArchiveReference(path, undefined, undefined, { writer }),
    async finish() {
      writer.finish();
      isWhole = true;
    },
    async [Symbol.asyncDispose]() {
      if (isWhole) return;
      const remove = writer.isRegular;
      writer[Symbol.dispose]();
      if (remove) rmSync(path, { force: true });
    },
  };
}
