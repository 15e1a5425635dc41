import { spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyImage } from '../../src/image/copy.ts';
import { digestOf } from '../../src/image/digest.ts';
import { parseImageName } from '../../src/image/image-name.ts';
import {
  bundleAnnotation,
  certificateAnnotation,
  chainAnnotation,
  serializeSignature,
  signatureAnnotation,
  sigstoreMediaType,
} from '../../src/image/signature/signature.ts';
import { policyOf, TrustScene } from './trust-fixture.ts';

const isThere = spawnSync('openssl', ['version']).status === 0;
// While the certificates that are made below are valid.
const now = Math.floor(Date.now() / 1000) + 3600;
const week = 7 * 24 * 3600;

let scene: TrustScene;
let image: { place: string; manifest: Uint8Array };
/** Of this image under its own name, by the key `leaf`. */
let payload: string;
let signature: string;

beforeAll(() => {
  scene = new TrustScene();
  image = scene.image('image', 'one');
  payload = said({});
  if (!isThere) return;
  for (const name of ['root', 'inter', 'leaf', 'other', 'log']) key(name);
  signature = signed('leaf', payload);
  const authority = 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n';
  certificate('root', 'root', '', authority);
  certificate('inter', 'inter', 'root', authority);
  certificate('noca', 'other', 'root', 'basicConstraints=critical,CA:false\n');
  certificate('short', 'other', 'root', 'basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign\n');
  const names = 'subjectAltName=email:me@example.com,DNS:host.example.com\n';
  const usage = `extendedKeyUsage=codeSigning\n${names}`;
  certificate('leaf', 'leaf', 'root', usage);
  certificate('leaf-inter', 'leaf', 'inter', usage);
  certificate('leaf-noca', 'leaf', 'noca', usage);
  certificate('leaf-server', 'leaf', 'root', `extendedKeyUsage=serverAuth\n${names}`);
  certificate('leaf-critical', 'leaf', 'root', `${usage}1.2.3.4=critical,ASN1:UTF8String:x\n`);
  certificate('leaf-self', 'leaf', '', usage);
  const issuer = (text: string): string => `1.3.6.1.4.1.57264.1.1=DER:${Buffer.from(text).toString('hex')}\n`;
  certificate('person', 'leaf', 'inter', usage + issuer('https://idp.example'));
  certificate('person-v2', 'leaf', 'inter', `${usage}1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:https://idp.example\n`);
  const both = `${issuer('https://idp.example')}1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:https://other.example\n`;
  certificate('person-both', 'leaf', 'inter', usage + both);
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { cwd: scene.directory });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
}

function key(name: string): void {
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`);
  openssl('pkey', '-in', `${name}.key`, '-pubout', '-out', `${name}.pub`);
}

/** @param issuer a certificate, '' for itself */
function certificate(name: string, keyName: string, issuer: string, extensions: string): void {
  scene.write(`${name}.ext`, extensions);
  if (name !== keyName) scene.write(`${name}.key`, readFileSync(scene.path(`${keyName}.key`)));
  openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
  const by = issuer === '' ? ['-signkey', `${name}.key`] : ['-CA', `${issuer}.crt`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
  openssl('x509', '-req', '-days', '1', '-in', `${name}.csr`, ...by, '-extfile', `${name}.ext`, '-out', `${name}.crt`);
}

const text = (file: string): string => readFileSync(scene.path(file), 'utf8');
const signed = (keyName: string, content: string): string =>
  sign('sha256', Buffer.from(content), createPrivateKey(text(`${keyName}.key`))).toString('base64');

function said(changes: object): string {
  const critical = {
    identity: { 'docker-reference': 'r.example/a:1' },
    image: { 'docker-manifest-digest': digestOf(image.manifest) },
    type: 'cosign container image signature',
    ...changes,
  };
  return JSON.stringify({ critical, optional: null });
}

/** What a log promises: an entry about a key or certificate and a signature of a payload. */
function entry(keyOrCertificate: string, { at = now, log = 'log', about = payload, by = signature } = {}): string {
  const hash = { algorithm: 'sha256', value: createHash('sha256').update(about).digest('hex') };
  const publicKey = { content: Buffer.from(keyOrCertificate).toString('base64') };
  const spec = { data: { hash }, signature: { content: by, publicKey } };
  const body = Buffer.from(JSON.stringify({ apiVersion: '0.0.1', kind: 'hashedrekord', spec })).toString('base64');
  const SignedEntryTimestamp = signed(log, `{"body":"${body}","integratedTime":${at},"logID":"x","logIndex":1}`);
  return JSON.stringify({ SignedEntryTimestamp, Payload: { logIndex: 1, logID: 'x', integratedTime: at, body } });
}

let copies = 0;

/** Copies the image with one signature under a requirement. */
function copy(requirement: object, annotations: Record<string, string>, content = payload): Promise<unknown> {
  const stored = { format: 'sigstore-json', mediaType: sigstoreMediaType, payload: Buffer.from(content), annotations } as const;
  scene.write('image/signature-1', serializeSignature(stored));
  const signedIdentity = { type: 'exactReference', dockerReference: 'r.example/a:1' };
  const policy = policyOf({ type: 'sigstoreSigned', ...requirement, signedIdentity });
  return copyImage(parseImageName(image.place), parseImageName(`dir:${scene.path(`copy-${copies++}`)}`), { policy });
}

type Case = [title: string, copied: () => Promise<unknown>, refusal?: string];
const each = (cases: Case[]): void => {
  it.each(cases)('%s', async (_, copied, refusal) => {
    if (refusal === undefined) await copied();
    else await expect(copied()).rejects.toThrow(`Source image rejected: ${refusal}`);
  });
};

describe.skipIf(!isThere)('S11 sigstoreSigned by keys', () => {
  const by = (name: string) => ({ keyPath: scene.path(`${name}.pub`) });
  const own = (content: string): Record<string, string> => ({ [signatureAnnotation]: signed('leaf', content) });
  const paid = (content: string) => copy(by('leaf'), own(content), content);
  each([
    ['takes its own', () => copy(by('leaf'), { [signatureAnnotation]: signature })],
    ['takes one of several', () => copy({ keyPaths: ['other', 'leaf'].map((name) => scene.path(`${name}.pub`)) }, own(payload))],
    ['refuses another key', () => copy(by('other'), own(payload)), 'cryptographic signature verification failed: invalid signature'],
    ['refuses no signature', () => copy(by('leaf'), {}), `missing ${signatureAnnotation} annotation`],
    ['refuses what is no base64', () => copy(by('leaf'), { [signatureAnnotation]: '!' }), 'base64 decoding'],
    [
      'refuses another image',
      () => paid(said({ image: { 'docker-manifest-digest': digestOf('x') } })),
      `Signature for digest ${digestOf('x')}`,
    ],
    [
      'refuses another name',
      () => paid(said({ identity: { 'docker-reference': 'r.example/a:2' } })),
      'Signature for identity "r.example/a:2"',
    ],
    ['refuses another kind', () => paid(said({ type: 'x' })), 'Unrecognized signature type x'],
    ['refuses unknown fields', () => paid(said({ more: 1 })), 'Unknown key "more"'],
    ['refuses double fields', () => paid(payload.replace('"critical"', '"critical":{},"critical"')), 'Duplicate key "critical"'],
    ['refuses what is no JSON', () => paid('junk'), 'JSON Parse error'],
  ]);
});

describe.skipIf(!isThere)('S11 sigstoreSigned with a log', () => {
  const logged = () => ({ keyPath: scene.path('leaf.pub'), rekorPublicKeyPath: scene.path('log.pub') });
  const with_ = (bundle: string) => copy(logged(), { [signatureAnnotation]: signature, [bundleAnnotation]: bundle });
  const none = 'No public key verified against the RekorSET: ';
  each([
    ['takes what the log has', () => with_(entry(text('leaf.pub')))],
    ['refuses what has no entry', () => copy(logged(), { [signatureAnnotation]: signature }), `missing ${bundleAnnotation} annotation`],
    [
      'refuses another log',
      () => with_(entry(text('leaf.pub'), { log: 'other' })),
      `${none}cryptographic signature verification of Rekor SET failed`,
    ],
    ['refuses an entry of another key', () => with_(entry(text('other.pub'))), `${none}publicKey in Rekor SET does not match`],
    [
      'refuses an entry of another payload',
      () => with_(entry(text('leaf.pub'), { about: 'x' })),
      `${none}payload in Rekor SET does not match`,
    ],
    [
      'refuses an entry of another signature',
      () => with_(entry(text('leaf.pub'), { by: signed('leaf', payload) })),
      `${none}signature in Rekor SET`,
    ],
    ['refuses what is no entry', () => with_('{}'), `${none}Key "SignedEntryTimestamp" missing`],
  ]);
});

describe.skipIf(!isThere)('S11 sigstoreSigned by certificates of an authority', () => {
  const pki = (more: object) => ({ pki: { caRootsPath: scene.path('root.crt'), ...more } });
  const me = { subjectEmail: 'me@example.com' };
  const by = (name: string, more: object = me, ...chain: string[]) =>
    copy(pki(more), {
      [signatureAnnotation]: signature,
      [certificateAnnotation]: text(`${name}.crt`),
      ...(chain.length > 0 ? { [chainAnnotation]: chain.map((each) => text(`${each}.crt`)).join('') } : {}),
    });
  const bad = 'veryfing leaf certificate failed: x509: ';
  each([
    ['takes one by the root', () => by('leaf')],
    ['takes one by an authority in between', () => by('leaf-inter', me, 'inter', 'root')],
    ['takes one by an authority that the policy knows', () => by('leaf-inter', { ...me, caIntermediatesPath: scene.path('inter.crt') })],
    ['takes one for the host', () => by('leaf', { subjectHostname: 'host.example.com' })],
    ['refuses a gap', () => by('leaf-inter'), `${bad}certificate signed by unknown authority`],
    ['refuses itself as its authority', () => by('leaf-self'), `${bad}certificate signed by unknown authority`],
    ['refuses an issuer that is no authority', () => by('leaf-noca', me, 'noca', 'root'), `${bad}certificate signed by unknown authority`],
    ['refuses another use', () => by('leaf-server'), `${bad}certificate specifies an incompatible key usage`],
    ['refuses what it does not understand', () => by('leaf-critical'), `${bad}unhandled critical extension`],
    ['refuses another person', () => by('leaf', { subjectEmail: 'you@example.com' }), 'Required email "you@example.com" not found'],
    ['refuses another host', () => by('leaf', { subjectHostname: 'x.example.com' }), 'Unexpected subject hostname'],
    ['refuses no certificate', () => copy(pki(me), { [signatureAnnotation]: signature }), `missing ${certificateAnnotation} annotation`],
    [
      'refuses what is no certificate',
      () => copy(pki(me), { [signatureAnnotation]: signature, [certificateAnnotation]: 'junk' }),
      'parsing leaf certificate: error during PEM decoding',
    ],
  ]);
});

describe.skipIf(!isThere)('S11 sigstoreSigned by Fulcio', () => {
  const who = { oidcIssuer: 'https://idp.example', subjectEmail: 'me@example.com' };
  const by = (name: string, at = now, more: object = {}) =>
    copy(
      { fulcio: { caPath: scene.path('root.crt'), ...who, ...more }, rekorPublicKeyPath: scene.path('log.pub') },
      {
        [signatureAnnotation]: signature,
        [certificateAnnotation]: text(`${name}.crt`),
        [chainAnnotation]: text('inter.crt') + text('root.crt'),
        [bundleAnnotation]: entry(text(`${name}.crt`), { at }),
      },
    );
  const bad = 'veryfing leaf certificate failed: x509: certificate has expired or is not yet valid';
  each([
    ['takes a person', () => by('person')],
    ['takes a person, told in the newer way', () => by('person-v2')],
    ['refuses a signature after its time', () => by('person', now + week), bad],
    ['refuses a signature before its time', () => by('person', now - week), bad],
    ['refuses another person', () => by('person', now, { subjectEmail: 'x@example.com' }), 'Required email "x@example.com" not found'],
    ['refuses another issuer', () => by('person', now, { oidcIssuer: 'x' }), 'Unexpected Fulcio OIDC issuer "https://idp.example"'],
    ['refuses two issuers', () => by('person-both'), 'inconsistent OIDC issuer extension values'],
    ['refuses no issuer', () => by('leaf-inter'), 'Fulcio certificate is missing the issuer extension'],
  ]);
});
