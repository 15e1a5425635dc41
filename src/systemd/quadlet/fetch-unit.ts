import { basename } from 'node:path';
import { SelkieError } from '../../errors.ts';

/** Units are text of some lines: what is larger is none. */
const LIMIT = 1 << 20;

/** Gets a unit from an address; its name is what the server says, else the end of the path. @throws SelkieError */
export async function fetchUnit(url: string): Promise<{ bytes: Uint8Array; name: string }> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new SelkieError(`unable to download URL ${url}: ${reason}`, { cause });
  };
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    return refuse((cause as Error).message, cause);
  }
  if (!response.ok) return refuse(`unexpected HTTP status: ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LIMIT) return refuse(`more than ${LIMIT} bytes`);
    chunks.push(chunk);
  }
  const said = /filename="?([^";]+)"?/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  // Never a path: it would lead out of the directory of units.
  const name = basename(said ?? new URL(url).pathname);
  if (name === '' || name === '.' || name === '..') return refuse('it names no file');
  return { bytes: Buffer.concat(chunks), name };
}
