import { Builder } from '../build/builder.ts';
import { SelkieError } from '../errors.ts';
import type { ImageEngine } from '../image/image-engine.ts';
import { writeError } from './streams.ts';

/** A working container by name or ID. @param doing what the error says that we were at @throws SelkieError */
export function openBuilder(images: ImageEngine, name: string, doing = 'reading build container'): Builder {
  try {
    return Builder.open(images, name);
  } catch (error) {
    throw error instanceof SelkieError ? new SelkieError(`${doing} ${JSON.stringify(name)}: ${error.message}`, { cause: error }) : error;
  }
}

/** Whether a step is to be noted in the image's history: the flag, else BUILDAH_HISTORY. */
export function notesHistory(given: boolean, flag: boolean): boolean {
  return given ? flag : /^(1|t|true)$/i.test(process.env['BUILDAH_HISTORY'] ?? '');
}

/** Does one thing after another; all failures but the last, which is thrown, are printed as buildah prints them. */
export function each<T>(items: readonly T[], step: (item: T) => void): void {
  const errors: Error[] = [];
  for (const item of items) {
    try {
      step(item);
    } catch (error) {
      errors.push(error as Error);
    }
  }
  for (const error of errors.slice(0, -1)) writeError(`${error.message}\n`);
  const last = errors.at(-1);
  if (last) throw last;
}
