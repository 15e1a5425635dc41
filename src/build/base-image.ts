import type { ImageEngine } from '../image/image-engine.ts';
import { ImageNotKnown } from '../image/image-errors.ts';
import type { LocalImage } from '../image/local-image.ts';
import type { PullOptions } from '../image/pull-options.ts';

/** An image that is there and will do is taken without loading what pulls. */
export async function baseImage(images: ImageEngine, name: string, pull: PullOptions): Promise<LocalImage> {
  if (pull.policy === 'missing') {
    try {
      return images.lookup(name, { platform: pull.platform });
    } catch (error) {
      if (!(error instanceof ImageNotKnown)) throw error;
    }
  }
  return (await images.pull(name, pull))[0]!;
}
