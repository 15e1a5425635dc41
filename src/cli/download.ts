import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import type { InputFile } from './standard-input.ts';

/** Gets a URL's content into a file of its own, which is removed in the end. @throws SelkieError */
export async function downloadFile(url: string, directory = process.env['TMPDIR'] || '/var/tmp'): Promise<InputFile> {
  const parent = mkdtempSync(join(directory, 'podman'));
  const path = join(parent, 'download');
  const remove = (): void => rmSync(parent, { recursive: true, force: true });
  try {
    const response = await get(url);
    const output = openSync(path, 'wx', 0o600);
    try {
      for await (const chunk of response.body!) for (let at = 0; at < chunk.length; ) at += writeSync(output, chunk, at);
    } finally {
      closeSync(output);
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { path, [Symbol.dispose]: remove };
}

async function get(url: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new SelkieError(`Get ${JSON.stringify(url)}: ${(cause as Error).message}`, { cause });
  }
  if (!response.ok || !response.body)
    throw new SelkieError(`downloading ${JSON.stringify(url)}: unexpected status ${response.status} ${response.statusText}`);
  return response;
}
