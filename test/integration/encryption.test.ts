import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CopyOptions, copyImage } from '../../src/image/copy.ts';
import { digestHex, digestOf } from '../../src/image/digest.ts';
import { readDecryptionKeys, readRecipients } from '../../src/image/encryption/keys.ts';
import { parseImageName } from '../../src/image/image-name.ts';
import { dockerManifest } from '../../src/image/media-types.ts';
import { acceptAnything } from '../../src/image/policy.ts';
import { TrustScene } from './trust-fixture.ts';

interface Manifest {
  layers: { mediaType: string; digest: string; annotations?: Record<string, string> }[];
}

let scene: TrustScene;
let plain: string;

beforeAll(() => {
  scene = new TrustScene();
  plain = scene.image('plain', 'one', 'two', 'three').place;
  keyPair('rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }));
  keyPair('other', generateKeyPairSync('rsa', { modulusLength: 2048 }));
  keyPair('short', generateKeyPairSync('rsa', { modulusLength: 1024 }));
  keyPair('p256', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  keyPair('p521', generateKeyPairSync('ec', { namedCurve: 'P-521' }));
});
afterAll(() => scene[Symbol.asyncDispose]());

function keyPair(name: string, { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): void {
  scene.write(`${name}.pub`, publicKey.export({ type: 'spki', format: 'pem' }));
  scene.write(`${name}.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  scene.write(`${name}.locked`, privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'sesame' }));
  scene.write(`${name}.jwk`, JSON.stringify(privateKey.export({ format: 'jwk' })));
}

const copy = (from: string, to: string, options: CopyOptions = {}) =>
  copyImage(parseImageName(from), parseImageName(to), { policy: acceptAnything, ...options });
const encrypt = async (to: string, keys: string[], layers: number[] = []): Promise<Manifest> => {
  const recipients = await readRecipients(keys.map((key) => `jwe:${scene.path(key)}`));
  const { manifest } = await copy(plain, to, { encryption: { recipients, layers } });
  return JSON.parse(Buffer.from(manifest).toString());
};
const decrypt = async (from: string, to: string, ...keys: string[]) =>
  copy(from, `dir:${scene.path(to)}`, { decryption: await readDecryptionKeys(keys.map((key) => scene.path(key))) });
const place = (name: string): string => `oci:${scene.path(name)}:x`;
const isEncrypted = ({ layers }: Manifest): boolean[] => layers.map(({ mediaType }) => mediaType.endsWith('.tar+gzip+encrypted'));

/** The contents of the layers in a directory are those of the image that was encrypted. */
function expectPlain(directory: string): void {
  const { layers } = JSON.parse(readFileSync(scene.path(`${directory}/manifest.json`), 'utf8')) as Manifest;
  const contents = layers.map(({ digest }) => Bun.gunzipSync(readFileSync(scene.path(`${directory}/${digest.slice(7)}`))));
  const there = readdirSync(scene.path('plain'));
  for (const content of contents) expect(there).toContain(digestHex(digestOf(content)));
  expect(layers.map(({ mediaType, annotations }) => [mediaType, annotations])).toEqual(
    layers.map(() => ['application/vnd.oci.image.layer.v1.tar+gzip', undefined]),
  );
}

describe('encrypted layers', () => {
  it('are for each recipient, and for nobody else', async () => {
    expect(isEncrypted(await encrypt(place('two'), ['rsa.pub', 'short.pub', 'p256.pub']))).toEqual([true, true, true]);
    for (const key of ['rsa.pem', 'p256.pem', 'short.pem', 'rsa.locked:sesame', 'rsa.locked:pass=sesame', 'p256.jwk']) {
      await decrypt(place('two'), 'opened', key);
      expectPlain('opened');
    }
    await expect(decrypt(place('two'), 'closed', 'other.pem', 'p521.pem')).rejects.toThrow(
      /decrypting layer sha256:\w+: no suitable key unwrapper found .*: JWE: No suitable private key found for decryption/,
    );
    await expect(decrypt(place('two'), 'closed', 'rsa.pub')).rejects.toThrow('missing private key needed for decryption');
    expect(readdirSync(scene.path('closed'))).toEqual(['version']);
  });

  it('are those that are named', async () => {
    const manifest = await encrypt(place('some'), ['p521.pub'], [0, -1]);
    expect(isEncrypted(manifest)).toEqual([true, false, true]);
    expect(Object.keys(manifest.layers[0]!.annotations!)).toEqual([
      'org.opencontainers.image.enc.keys.jwe',
      'org.opencontainers.image.enc.pubopts',
    ]);
    await decrypt(place('some'), 'some-opened', 'p521.pem');
    expectPlain('some-opened');
    await expect(encrypt(place('none'), ['rsa.pub'], [3])).rejects.toThrow(
      'when choosing layers to encrypt, layer index 3 out of range (3 layers exist)',
    );
  });

  it('stay as they are without a key', async () => {
    await encrypt(place('kept'), ['rsa.pub']);
    const { manifest } = await copy(place('kept'), `dir:${scene.path('kept-copy')}`);
    expect(isEncrypted(JSON.parse(Buffer.from(manifest).toString()))).toEqual([true, true, true]);
    await expect(copy(place('kept'), `dir:${scene.path('docker')}`, { manifestType: dockerManifest })).rejects.toThrow(
      `encryption required together with format ${dockerManifest}, which does not support encryption`,
    );
    const store = `containers-storage:[vfs@${scene.path('root')}+${scene.path('run')}]r.example/a:1`;
    await expect(copy(place('kept'), store)).rejects.toThrow("does not match config's DiffID");
  });

  it('are refused when they are not what was encrypted', async () => {
    const { layers } = await encrypt(place('changed'), ['rsa.pub']);
    const path = scene.path(`changed/blobs/sha256/${layers[0]!.digest.slice(7)}`);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    const digest = digestOf(bytes);
    writeFileSync(scene.path(`changed/blobs/sha256/${digestHex(digest)}`), bytes);
    const index = scene.path('changed/index.json');
    const old = (JSON.parse(readFileSync(index, 'utf8')) as { manifests: { digest: string }[] }).manifests[0]!.digest;
    const text = readFileSync(scene.path(`changed/blobs/sha256/${old.slice(7)}`), 'utf8').replaceAll(layers[0]!.digest, digest);
    writeFileSync(scene.path(`changed/blobs/sha256/${digestHex(digestOf(text))}`), text);
    writeFileSync(index, readFileSync(index, 'utf8').replaceAll(old, digestOf(text)));
    await expect(decrypt(place('changed'), 'changed-opened', 'rsa.pem')).rejects.toThrow('the content is not what was encrypted');
    expect(readdirSync(scene.path('changed-opened'))).not.toContain('manifest.json');
  });

  it.each([
    ['rsa.pub', 'Invalid recipient format'],
    ['foo:rsa.pub', 'Provided protocol not recognized'],
    ['pkcs7:rsa.pub', 'encryption with certificates (pkcs7) is not available'],
    ['provider:x', 'encryption with key providers (provider) is not available'],
    ['jwe:/nowhere', 'Unable to read file: open /nowhere: no such file or directory'],
    ['jwe:/etc/hostname', 'File provided is not a public key'],
  ])('have no recipient %s', async (recipient, message) => {
    await expect(readRecipients([recipient])).rejects.toThrow(message);
  });

  it('need keys with their passphrase', async () => {
    await expect(readRecipients([`jwe:${scene.path('rsa.pem')}`])).rejects.toThrow('File provided is not a public key');
    await expect(readDecryptionKeys([scene.path('rsa.locked')])).rejects.toThrow('Missing password for encrypted private key');
    await expect(readDecryptionKeys([scene.path('rsa.locked:wrong')])).rejects.toThrow('Wrong password: could not decrypt private key');
  });
});
