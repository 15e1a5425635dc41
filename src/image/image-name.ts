import { NotYet } from '../errors.ts';
import type { ImageReference } from './transport.ts';

/** Parses `transport:name`. Nothing is opened. @throws InvalidImageName */
export function parseImageName(text: string): ImageReference {
  throw new NotYet(text);
}
