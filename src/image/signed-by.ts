import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SelkieError } from '../errors.ts';
import { isDigest } from './digest.ts';
import { isObject } from './manifest.ts';
import type { PolicyRequirement } from './policy.ts';
import type { PolicySubject } from './policy-requirements.ts';
import { formatReference, parseReference, type Reference } from './reference.ts';
import { matchesIdentity } from './signed-identity.ts';

/** A signature that does not count, with the reason. */
class NotAccepted extends SelkieError {}

/**
 * Simple signing: one of the stored signatures must be by a key of the requirement, for this very manifest, and for a name that the
 * requirement takes for the image's. GnuPG verifies, in a key ring of its own with nothing but the requirement's keys. @returns the reason to refuse
 */
export async function checkSignedBy(requirement: PolicyRequirement, subject: PolicySubject): Promise<string | undefined> {
  const keyType = requirement['keyType'];
  if (keyType !== 'GPGKeys') return `keyType ${JSON.stringify(keyType)} of signedBy is not supported, only GPGKeys`;
  const signatures = await subject.source.signatures(subject.instance);
  if (signatures.length === 0) return 'A signature was required, but no signature exists';
  const home = mkdtempSync(join(tmpdir(), 'selkie-gpg-'));
  try {
    importKeys(home, requirement);
    const reasons: string[] = [];
    for (const signature of signatures) {
      try {
        accept(verify(home, signature), requirement, subject);
        return undefined;
      } catch (error) {
        if (!(error instanceof NotAccepted)) throw error;
        reasons.push(error.message);
      }
    }
    return reasons.length === 1 ? reasons[0] : `None of the signatures were accepted, reasons: ${reasons.join('; ')}`;
  } finally {
    stopAgent(home);
    rmSync(home, { recursive: true, force: true });
  }
}

function importKeys(home: string, { keyPath, keyPaths, keyData }: PolicyRequirement): void {
  const paths = typeof keyPath === 'string' ? [keyPath] : Array.isArray(keyPaths) ? keyPaths.map(String) : [];
  if ((typeof keyData === 'string' ? 1 : 0) + (keyPath === undefined ? 0 : 1) + (keyPaths === undefined ? 0 : 1) !== 1) {
    throw new SelkieError('exactly one of keyPath, keyPaths and keyData must be specified for signedBy');
  }
  const keys = typeof keyData === 'string' ? [Buffer.from(keyData, 'base64')] : paths.map(readKey);
  for (const key of keys) {
    const { status, stderr } = gpg(home, ['--import'], key);
    if (status !== 0) throw new SelkieError(`importing the keys of signedBy: ${stderr.trim().split('\n').at(-1)}`);
  }
}

function readKey(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new SelkieError(`open ${path}: no such file or directory`, { cause });
  }
}

/** What a signature says, once its own truth is known. @throws NotAccepted */
function verify(home: string, signature: Uint8Array): Uint8Array {
  const [signed, content, statusFile] = [join(home, 'signature'), join(home, 'content'), join(home, 'status')];
  rmSync(content, { force: true });
  writeFileSync(signed, signature);
  const { status } = gpg(home, ['--status-file', statusFile, '--output', content, '--decrypt', signed]);
  const lines = readFileSync(statusFile, 'utf8').split('\n');
  const has = (word: string): boolean => lines.some((line) => line.startsWith(`[GNUPG:] ${word} `));
  const key = lines.find((line) => /^\[GNUPG:\] (?:ERRSIG|NO_PUBKEY|BADSIG) /.test(line))?.split(' ')[2];
  if (status !== 0 || !has('GOODSIG') || !has('VALIDSIG') || has('EXPSIG') || has('EXPKEYSIG') || has('REVKEYSIG')) {
    throw new NotAccepted(`Invalid GPG signature${key ? ` of key ${key}` : ''}`);
  }
  // One signature over the whole: more of either could hide what was signed.
  if (lines.filter((line) => line.startsWith('[GNUPG:] VALIDSIG ')).length !== 1)
    throw new NotAccepted('Invalid GPG signature: more than one signer');
  return readFileSync(content);
}

/** @throws NotAccepted */
function accept(content: Uint8Array, requirement: PolicyRequirement, { source, digest }: PolicySubject): void {
  const { reference, signedDigest } = parsePayload(content);
  if (!matchesIdentity(requirement['signedIdentity'], source.reference.dockerReference, reference)) {
    throw new NotAccepted(`Signature for identity ${JSON.stringify(formatReference(reference))} is not accepted`);
  }
  if (signedDigest !== digest) throw new NotAccepted(`Signature for docker digest ${JSON.stringify(signedDigest)} is not accepted`);
}

/** The document of simple signing ("atomic container signature"). @throws NotAccepted */
function parsePayload(content: Uint8Array): { reference: Reference; signedDigest: string } {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(content));
  } catch (cause) {
    throw new NotAccepted('Invalid signature: its content is not JSON', { cause });
  }
  const critical = isObject(json) ? json['critical'] : undefined;
  if (!isObject(critical) || critical['type'] !== 'atomic container signature') throw new NotAccepted('Unrecognized signature type');
  const { image, identity } = critical;
  const signedDigest = isObject(image) ? image['docker-manifest-digest'] : undefined;
  const name = isObject(identity) ? identity['docker-reference'] : undefined;
  if (!isDigest(signedDigest) || typeof name !== 'string') throw new NotAccepted('Invalid signature: image or identity is missing');
  try {
    return { reference: parseReference(name), signedDigest };
  } catch (cause) {
    throw new NotAccepted(`Invalid signature: ${(cause as Error).message}`, { cause });
  }
}

function gpg(home: string, args: readonly string[], input?: Uint8Array): { status: number; stderr: string } {
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  const fixed = ['--homedir', home, '--batch', '--no-tty', '--quiet', '--trust-model', 'always', '--no-auto-key-retrieve'];
  const result = spawnSync('gpg', [...fixed, ...args], {
    ...(input ? { input } : {}),
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
  });
  if (result.error)
    throw new SelkieError('verifying signatures needs the program gpg, which is in the package gnupg', { cause: result.error });
  return { status: result.status ?? 1, stderr: result.stderr.toString() };
}

/** Newer GnuPG starts helpers for a key ring; with the ring they go. */
function stopAgent(home: string): void {
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  spawnSync('gpgconf', ['--homedir', home, '--kill', 'all'], { stdio: 'ignore' });
}
