import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CopyOptions, type CopyProgress, copyImage } from '../../src/image/copy.ts';
import { digestOf } from '../../src/image/digest.ts';
import { parseImageName } from '../../src/image/image-name.ts';
import { dockerManifest } from '../../src/image/media-types.ts';
import { acceptAnything } from '../../src/image/policy.ts';
import { parseReference } from '../../src/image/reference.ts';
import { registrySignatures, storeRegistrySignatures } from '../../src/image/registry-signatures.ts';
import { signImage } from '../../src/image/sign.ts';
import { parseSignature } from '../../src/image/signature/signature.ts';
import { gpgSigner, type Signer, sigstoreSigner } from '../../src/image/signature/signer.ts';
import { generateSigstoreKeyPair } from '../../src/image/signature/sigstore-key.ts';
import { RegistryClient } from '../../src/registry/client.ts';
import { policyOf, TrustScene } from './trust-fixture.ts';

const areThere = ['gpg', 'docker-registry'].every((program) => spawnSync(program, ['--version']).error === undefined);

let scene: TrustScene;
let host: string;
let image: { place: string; manifest: Uint8Array };
let signedBy: object;
let sigstoreSigned: object;
let signers: { gpg: Signer; locked: Signer; sigstore: Signer };

beforeAll(async () => {
  if (!areThere) return;
  scene = new TrustScene();
  host = await scene.registry();
  image = scene.image('image', 'one', 'two');
  const keyPaths = [scene.gpgKey('me@example.com'), scene.gpgKey('locked@example.com', 'sesame')];
  const pair = await generateSigstoreKeyPair('open');
  scene.write('key.private', pair.privateKey);
  signedBy = { type: 'signedBy', keyType: 'GPGKeys', keyPaths };
  sigstoreSigned = { type: 'sigstoreSigned', keyData: Buffer.from(pair.publicKey).toString('base64') };
  signers = {
    gpg: gpgSigner('me@example.com'),
    locked: gpgSigner('locked@example.com', 'sesame'),
    sigstore: await sigstoreSigner(scene.path('key.private'), 'open'),
  };
}, 60_000);
afterAll(() => scene?.[Symbol.asyncDispose]());

async function copy(from: string, to: string, options: CopyOptions = {}): Promise<string[]> {
  const said: string[] = [];
  const place = { registriesDir: scene.registriesDir, tlsVerify: false, anonymous: true };
  const onProgress = (event: CopyProgress): void => void (event.kind === 'text' && said.push(event.text));
  await copyImage(parseImageName(from), parseImageName(to), {
    policy: acceptAnything,
    source: place,
    destination: place,
    onProgress,
    ...options,
  });
  return said;
}
const at = (name: string): string => `docker://${host}/${name}`;
const signaturesOf = (directory: string): string[] =>
  readdirSync(scene.path(directory))
    .filter((name) => name.includes('signature-'))
    .sort();

describe.skipIf(!areThere)('signatures', () => {
  it('are made for the name at the destination, and judged there', async () => {
    expect(await copy(image.place, at('both:1'), { signers: [signers.gpg, signers.sigstore] })).toEqual([
      'Getting image source signatures',
      'Writing manifest to image destination',
      'Creating signature 1: Signing image using simple signing',
      'Creating signature 2: Signing image using a sigstore signature',
      'Storing signatures',
    ]);
    const said = await copy(at('both:1'), `dir:${scene.path('both')}`, { policy: policyOf(signedBy, sigstoreSigned) });
    expect(said).toContain('Checking if image destination supports signatures');
    expect(signaturesOf('both')).toEqual(['signature-1', 'signature-2']);
  });

  it('go along from place to place, and are for one name only', async () => {
    await copy(image.place, at('first:1'), { signers: [signers.gpg, signers.sigstore] });
    await copy(at('first:1'), at('second:1'));
    for (const requirement of [signedBy, sigstoreSigned]) {
      const refusal = `Source image rejected: Signature for identity ${JSON.stringify(`${host}/first:1`)} is not accepted`;
      await expect(copy(at('second:1'), `dir:${scene.path('second')}`, { policy: policyOf(requirement) })).rejects.toThrow(refusal);
      const original = { type: 'remapIdentity', prefix: `${host}/second`, signedPrefix: `${host}/first` };
      await copy(at('second:1'), `dir:${scene.path('second')}`, { policy: policyOf({ ...requirement, signedIdentity: original }) });
    }
    await copy(`dir:${scene.path('second')}`, at('second:1'));
    await copy(at('second:1'), `dir:${scene.path('second')}`);
    expect(signaturesOf('second')).toHaveLength(2);
  });

  it('open keys with a passphrase', async () => {
    await copy(image.place, at('locked:1'), { signers: [signers.locked] });
    await copy(at('locked:1'), `dir:${scene.path('locked')}`, { policy: policyOf(signedBy) });
    scene.forgetPassphrases();
    await expect(copy(image.place, at('locked:2'), { signers: [gpgSigner('locked@example.com', 'wrong')] })).rejects.toThrow(
      'creating signature: ',
    );
    await expect(sigstoreSigner(scene.path('key.private'), 'wrong')).rejects.toThrow('encrypted: decryption failed');
  });

  it('keep the image as it is', async () => {
    await copy(image.place, `dir:${scene.path('fixed')}`, { signers: [signers.gpg], signIdentity: parseReference('r.example/a:1') });
    const again = `dir:${scene.path('fixed-copy')}`;
    await copy(`dir:${scene.path('fixed')}`, again, { manifestType: dockerManifest });
    expect(readFileSync(scene.path('fixed-copy/manifest.json'))).toEqual(Buffer.from(image.manifest));
    await expect(copy(`dir:${scene.path('fixed')}`, `oci:${scene.path('layout')}:x`)).rejects.toThrow(
      `Can not copy signatures to oci:${scene.path('layout')}:x: Pushing signatures for OCI images is not supported`,
    );
    await copy(`dir:${scene.path('fixed')}`, `oci:${scene.path('layout')}:x`, { removeSignatures: true });
  });

  it('need a full name', async () => {
    const nowhere = `dir:${scene.path('nowhere')}`;
    await expect(copy(image.place, nowhere, { signers: [signers.gpg] })).rejects.toThrow(
      `Cannot determine canonical Docker reference for destination ${nowhere}`,
    );
    const short = parseReference('r.example/a');
    await expect(copy(image.place, nowhere, { signers: [signers.gpg], signIdentity: short })).rejects.toThrow(
      'Sign identity must be a fully specified reference r.example/a',
    );
  });

  it('are written beside a registry for an image that is there already, and vanish with it', async () => {
    await copy(image.place, at('later:1'));
    const transport = { registriesDir: scene.registriesDir, tlsVerify: false, anonymous: true };
    await signImage(parseImageName(at('later:1')), { key: 'me@example.com', directory: scene.path('lookaside'), transport });
    await copy(at('later:1'), `dir:${scene.path('later')}`, { policy: policyOf(signedBy) });
    const file = readdirSync(scene.path('lookaside')).find((name) => name.startsWith('later@'))!;
    await parseImageName(at('later:1')).delete(transport);
    expect(existsSync(scene.path(`lookaside/${file}/signature-1`))).toBe(false);
  });

  it('are kept by a registry that can itself, each once', async () => {
    const kept: unknown[] = [];
    const server = createServer(async (request, response) => {
      if (request.method === 'PUT') kept.push(JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()));
      if (request.url === '/v2/') response.setHeader('X-Registry-Supports-Signatures', '1');
      response.writeHead(request.method === 'PUT' ? 201 : 200).end(JSON.stringify({ signatures: kept }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const domain = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const signed = {
      client: new RegistryClient(domain, { insecure: true, anonymous: true }),
      reference: parseReference(`${domain}/a:1`),
      digest: digestOf(image.manifest),
    };
    const signature = readFileSync(scene.path('both/signature-1'));
    await storeRegistrySignatures(signed, [signature]);
    await storeRegistrySignatures(signed, [signature]);
    expect(kept).toMatchObject([{ schemaVersion: 2, type: 'atomic', content: signature.toString('base64') }]);
    expect(await registrySignatures(signed)).toEqual([signature]);
    server.closeAllConnections();
    server.close();
  });

  it('are taken in by a log', async () => {
    const log = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await Array.fromAsync(request)).toString('base64');
      const promise = Buffer.from(`{"body":"${body}","integratedTime":1700000000,"logID":"x","logIndex":1}`);
      const signedEntryTimestamp = sign('sha256', promise, log.privateKey).toString('base64');
      const entry = { body, integratedTime: 1700000000, logID: 'x', logIndex: 1, verification: { signedEntryTimestamp } };
      response.writeHead(request.url === '/log/api/v1/log/entries' ? 201 : 400).end(JSON.stringify({ uuid: entry }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const key = scene.path('key.private');
    await copy(image.place, at('logged:1'), { signers: [await sigstoreSigner(key, 'open', new URL(`${address}/log`))] });
    const elsewhere = await sigstoreSigner(key, 'open', new URL(address));
    await expect(copy(image.place, at('logged:2'), { signers: [elsewhere] })).rejects.toThrow(
      'creating signature: Error uploading a log entry: Rekor /api/v1/log/entries failed (400)',
    );
    server.closeAllConnections();
    server.close();
    const rekorPublicKeyData = Buffer.from(log.publicKey.export({ type: 'spki', format: 'pem' })).toString('base64');
    await copy(at('logged:1'), `dir:${scene.path('logged')}`, { policy: policyOf({ ...sigstoreSigned, rekorPublicKeyData }) });
  });

  it('are not attached where registries.d does not say so', async () => {
    const nothing = { registriesDir: scene.path('image'), tlsVerify: false, anonymous: true };
    await expect(copy(image.place, at('off:1'), { signers: [signers.sigstore], destination: nothing })).rejects.toThrow(
      'writing signatures: writing sigstore attachments is disabled by configuration',
    );
  });

  it('are read back as they were written', () => {
    const [simple, sigstore] = signaturesOf('both').map((name) => parseSignature(readFileSync(scene.path(`both/${name}`))));
    expect([simple!.format, sigstore!.format]).toEqual(['simple-signing', 'sigstore-json']);
  });
});
