import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Exchange } from './exchange.ts';

/** A directory for what belongs to one request; disposing takes it away. */
export interface Scratch extends Disposable {
  readonly path: string;
}

export function scratchDirectory(): Scratch {
  const path = mkdtempSync(join(process.env['TMPDIR'] || '/var/tmp', 'selkie-api-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The body in a file, in a directory that goes with its owner. */
export async function bodyFile(exchange: Exchange): Promise<Scratch & { directory: string }> {
  const scratch = scratchDirectory();
  try {
    const path = join(scratch.path, 'body');
    await pipeline(exchange.body(), createWriteStream(path, { mode: 0o600 }));
    return { ...scratch, path, directory: scratch.path };
  } catch (error) {
    scratch[Symbol.dispose]();
    throw error;
  }
}
