import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyImage } from '../../src/image/copy.ts';
import { digestHex, digestOf } from '../../src/image/digest.ts';
import { parseImageName } from '../../src/image/image-name.ts';
import { build } from '../../src/image/manifest-convert.ts';
import { dockerConfig, dockerManifest } from '../../src/image/media-types.ts';
import { parsePolicy } from '../../src/image/policy.ts';

const isThere = spawnSync('gpg', ['--version']).status === 0;
const config = Buffer.from('{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]}}');
const manifest = build(dockerManifest, { mediaType: dockerConfig, digest: digestOf(config), size: config.length }, []);

let directory: string;

const gpg = (...args: string[]) => spawnSync('gpg', ['--homedir', join(directory, 'ring'), '--batch', '--passphrase', '', ...args]);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-signed-'));
  mkdirSync(join(directory, 'ring'), { mode: 0o700 });
  for (const who of ['me', 'other']) {
    gpg('--quick-generate-key', `${who}@example.com`, 'default', 'default', 'never');
    writeFileSync(join(directory, `${who}.asc`), gpg('--armor', '--export', `${who}@example.com`).stdout);
  }
});
afterAll(() => {
  spawnSync('gpgconf', ['--homedir', join(directory, 'ring'), '--kill', 'all']);
  rmSync(directory, { recursive: true, force: true });
});

/** An image in a directory, with a signature that says these things. */
function image(signature: { name?: string; digest?: string; type?: string } | undefined): string {
  const path = mkdtempSync(join(directory, 'image-'));
  writeFileSync(join(path, 'version'), 'Directory Transport Version: 1.1\n');
  writeFileSync(join(path, 'manifest.json'), manifest.bytes);
  writeFileSync(join(path, digestHex(digestOf(config))), config);
  if (signature) {
    const { name = 'r.example/a:1', digest = digestOf(manifest.bytes), type = 'atomic container signature' } = signature;
    const said = join(path, 'said');
    writeFileSync(
      said,
      JSON.stringify({
        critical: { type, image: { 'docker-manifest-digest': digest }, identity: { 'docker-reference': name } },
        optional: {},
      }),
    );
    gpg('--local-user', 'me@example.com', '--output', join(path, 'signature-1'), '--sign', said);
  }
  return path;
}

function copy(path: string, requirement: Record<string, unknown>): Promise<unknown> {
  const policy = parsePolicy(
    JSON.stringify({ default: [{ type: 'reject' }], transports: { dir: { [directory]: [requirement] } } }),
    'policy.json',
  );
  return copyImage(parseImageName(`dir:${path}`), parseImageName(`dir:${path}-copy`), { policy });
}

const signedBy = (key: string, name = 'r.example/a:1') => ({
  type: 'signedBy',
  keyType: 'GPGKeys',
  keyPath: join(directory, `${key}.asc`),
  signedIdentity: { type: 'exactReference', dockerReference: name },
});

describe.skipIf(!isThere)('S11 policy.json', () => {
  it('lets pass what is signed, and copies the signature', async () => {
    const path = image({});
    await copy(path, signedBy('me'));
    expect(readFileSync(`${path}-copy/signature-1`)).toEqual(readFileSync(`${path}/signature-1`));
  });

  it('takes keys from the policy itself', async () => {
    const { keyPath: _, ...rest } = signedBy('me');
    await copy(image({}), { ...rest, keyData: readFileSync(join(directory, 'me.asc')).toString('base64') });
  });

  it.each([
    ['no signature', undefined, 'me', 'A signature was required, but no signature exists'],
    ['the wrong key', {}, 'other', 'Invalid GPG signature'],
    ['another name', { name: 'r.example/b:1' }, 'me', 'Signature for identity "r.example/b:1" is not accepted'],
    ['another tag', { name: 'r.example/a:2' }, 'me', 'Signature for identity "r.example/a:2" is not accepted'],
    ['another image', { digest: digestOf('x') }, 'me', 'Signature for digest'],
    ['another kind of text', { type: 'a letter' }, 'me', 'Unrecognized signature type'],
  ])('refuses %s', async (_, signature, key, message) => {
    await expect(copy(image(signature), signedBy(key))).rejects.toThrow(`Source image rejected: ${message}`);
  });

  it('refuses bytes that are no signature', async () => {
    const path = image(undefined);
    writeFileSync(join(path, 'signature-1'), 'signed, me');
    await expect(copy(path, signedBy('me'))).rejects.toThrow(
      /Source image rejected: parsing signature ".*": unrecognized signature format, starting with binary 0x73/,
    );
  });

  it('refuses what it cannot check', async () => {
    const nobody = { type: 'signedBaseLayer', baseLayerIdentity: { type: 'matchExact' } };
    await expect(copy(image({}), nobody)).rejects.toThrow('Source image rejected: signedBaseLayer not implemented yet!');
    await expect(copy(image({}), { ...signedBy('me'), keyType: 'X509Certificates' })).rejects.toThrow('Unimplemented "keyType"');
    await expect(copy(image({}), { type: 'reject' })).rejects.toThrow('is rejected by policy');
  });

  it.each([
    ['{"default":[]}', 'must not be empty'],
    ['{"default":[{"type":"accept"}]}', 'Unknown policy requirement type "accept"'],
    ['{"default":[{"type":"reject","x":1}]}', 'Unknown key "x"'],
    ['{"default":[{"type":"reject"}],"defaults":[]}', 'Unknown key "defaults"'],
    ['{}', 'Default policy is missing'],
  ])('is refused itself when it is %s', (text, message) => {
    expect(() => parsePolicy(text, 'policy.json')).toThrow(message);
  });
});
