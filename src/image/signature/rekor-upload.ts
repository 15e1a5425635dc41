import { createHash } from 'node:crypto';
import { type HttpResponse, send } from '../../registry/http.ts';
import { goJson } from '../go-json.ts';
import { isObject } from '../manifest.ts';
import { SigningError } from './errors.ts';
import type { LoggedSignature } from './rekor.ts';

const entriesPath = '/api/v1/log/entries';
const answerLimit = 1 << 20;

/**
 * Has a log take a signature in. Repeatable: an entry that is there is asked for. Format: Rekor's API v1, hashedrekord 0.0.1.
 * @param keyOrCertificate PEM @returns the log's promise, as {@link verifyRekorEntry} reads it @throws SigningError, RegistryUnreachable
 */
export async function uploadToRekor(
  server: URL,
  { payload, signature, keyOrCertificate }: Omit<LoggedSignature, 'keyOrCertificate'> & { keyOrCertificate: string },
): Promise<string> {
  const hash = { algorithm: 'sha256', value: createHash('sha256').update(payload).digest('hex') };
  const publicKey = { content: Buffer.from(keyOrCertificate).toString('base64') };
  const spec = { data: { hash }, signature: { content: signature, publicKey } };
  const response = await send(endpoint(server, ''), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: goJson({ kind: 'hashedrekord', apiVersion: '0.0.1', spec }),
  });
  if (response.status === 201) return promiseOf(response);
  const uuid = response.status === 409 ? response.headers.get('location')?.split('/').at(-1) : undefined;
  if (!uuid)
    throw new SigningError(`Error uploading a log entry: Rekor ${entriesPath} failed (${response.status}): ${await textOf(response)}`);
  await response.discard();
  const existing = await send(endpoint(server, `/${encodeURIComponent(uuid)}`), { headers: { Accept: 'application/json' } });
  if (existing.status === 200) return promiseOf(existing);
  throw new SigningError(`Error re-loading previously-created log entry with UUID ${uuid}: status ${existing.status}`);
}

function endpoint(server: URL, entry: string): string {
  return new URL(`${server.pathname.replace(/\/+$/, '')}${entriesPath}${entry}`, server.origin).href;
}

async function promiseOf(response: HttpResponse): Promise<string> {
  const bad = (reason: string, cause?: unknown): SigningError => new SigningError(`invalid Rekor entry: ${reason}`, { cause });
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.from(await response.bytes(answerLimit)).toString());
  } catch (cause) {
    throw bad((cause as Error).message, cause);
  }
  const entries = isObject(answer) ? Object.values(answer) : [];
  if (entries.length !== 1) throw bad(`expected 1 Rekor entry, got ${entries.length}`);
  const { body, integratedTime, logIndex, logID, verification } = isObject(entries[0]) ? entries[0] : {};
  const SignedEntryTimestamp = isObject(verification) ? verification['signedEntryTimestamp'] : undefined;
  if ([body, integratedTime, logIndex, logID, SignedEntryTimestamp].includes(undefined)) throw bad('missing data');
  return goJson({ Payload: { body, integratedTime, logID, logIndex }, SignedEntryTimestamp });
}

async function textOf(response: HttpResponse): Promise<string> {
  return (await response.text(1 << 12).catch(() => '')).trim();
}
