import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';

export interface DownloadOptions {
  certDir?: string;
  tlsVerify?: boolean;
  /** Further tries after failures of the network. */
  retries?: number;
  /** Milliseconds. */
  retryDelay?: number;
}

export interface Download {
  /** What the server says of the content's age. */
  lastModified?: Date;
}

/** Gets what is at an HTTP address into a new file. @throws SelkieError */
export async function downloadTo(url: string, path: string, options: DownloadOptions = {}): Promise<Download> {
  const response = await getWithRetries(url, options);
  if (response.status < 200 || response.status >= 400) throw new SelkieError(`invalid response status ${response.status}`);
  if (response.headers.get('content-length') === '0') throw new SelkieError(`no contents in ${JSON.stringify(url)}`);
  const output = openSync(path, 'wx', 0o600);
  try {
    for await (const chunk of response.body!) for (let at = 0; at < chunk.length; ) at += writeSync(output, chunk, at);
  } finally {
    closeSync(output);
  }
  const said = response.headers.get('last-modified');
  const time = said === null ? Number.NaN : Date.parse(said);
  return Number.isNaN(time) ? {} : { lastModified: new Date(time) };
}

async function getWithRetries(url: string, options: DownloadOptions): Promise<Response> {
  const { retries = 0, retryDelay = 2000 } = options;
  for (let left = retries; ; left--) {
    try {
      return await fetch(url, { tls: tlsOf(options) });
    } catch (cause) {
      if (left <= 0) throw new SelkieError(`Get ${JSON.stringify(url)}: ${(cause as Error).message}`, { cause });
      await Bun.sleep(retryDelay);
    }
  }
}

function tlsOf({ certDir, tlsVerify }: DownloadOptions): { rejectUnauthorized?: boolean; ca?: string[] } {
  const certificates = certDir ? readdirSync(certDir).filter((name) => name.endsWith('.crt')) : [];
  return {
    ...(tlsVerify === false ? { rejectUnauthorized: false } : {}),
    ...(certificates.length > 0 ? { ca: certificates.map((name) => readFileSync(join(certDir!, name), 'utf8')) } : {}),
  };
}
