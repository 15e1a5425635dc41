import { NotYet } from '../errors.ts';
import type { EngineContext } from './engine-context.ts';
import type { ImportOptions } from './pull-options.ts';

export async function importImage(_engine: EngineContext, _path: string, _options: ImportOptions): Promise<string> {
  throw new NotYet('importing images');
}
