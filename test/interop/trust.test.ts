import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CopyOptions, copyImage } from '../../src/image/copy.ts';
import { digestHex, digestOf } from '../../src/image/digest.ts';
import { readDecryptionKeys, readRecipients } from '../../src/image/encryption/keys.ts';
import { Gpg } from '../../src/image/gpg.ts';
import { parseImageName } from '../../src/image/image-name.ts';
import { acceptAnything, loadPolicy } from '../../src/image/policy.ts';
import { gpgSigner, sigstoreSigner } from '../../src/image/signature/signer.ts';
import { generateSigstoreKeyPair } from '../../src/image/signature/sigstore-key.ts';
import { signManifest, verifyMessage } from '../../src/image/signature/simple-signing.ts';
import { TrustScene } from '../integration/trust-fixture.ts';

const real = process.env['REAL_SKOPEO'] ?? 'skopeo';
const areThere = [real, 'gpg', 'docker-registry'].every((program) => spawnSync(program, ['--version']).error === undefined);
// Debian has it without sigstore.
const hasSigstore = areThere && /generate-sigstore-key/.test(spawnSync(real, ['--help']).stdout.toString());

let scene: TrustScene;
let host: string;
let image: { place: string; manifest: Uint8Array };

beforeAll(async () => {
  if (!areThere) return;
  scene = new TrustScene();
  host = await scene.registry();
  image = scene.image('image', 'one', 'two');
  const keyPath = scene.gpgKey('me@example.com');
  const pair = await generateSigstoreKeyPair('open');
  scene.write('key.private', pair.privateKey);
  scene.write('passphrase', 'open\n');
  const sigstoreSigned = { type: 'sigstoreSigned', keyPath: scene.write('key.pub', pair.publicKey) };
  scene.write(
    'policy.json',
    JSON.stringify({ default: [{ type: 'signedBy', keyType: 'GPGKeys', keyPath }, ...(hasSigstore ? [sigstoreSigned] : [])] }),
  );
  for (const name of ['rsa', 'other']) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    scene.write(`${name}.pub`, publicKey.export({ type: 'spki', format: 'pem' }));
    scene.write(`${name}.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
}, 60_000);
afterAll(() => scene?.[Symbol.asyncDispose]());

function skopeo(...args: string[]): { code: number; err: string; out: string } {
  const { status, stdout, stderr } = spawnSync(real, ['--registries.d', scene.registriesDir, ...args], { cwd: scene.directory });
  return { code: status ?? 128, out: stdout.toString(), err: stderr.toString() };
}
const done = { code: 0, err: expect.not.stringContaining('fatal') };
function theirs(...args: string[]): void {
  expect(skopeo('--insecure-policy', 'copy', '--src-tls-verify=false', '--dest-tls-verify=false', ...args)).toMatchObject(done);
}
async function ours(from: string, to: string, options: CopyOptions = {}): Promise<void> {
  const place = { registriesDir: scene.registriesDir, tlsVerify: false, anonymous: true };
  await copyImage(parseImageName(from), parseImageName(to), { policy: acceptAnything, source: place, destination: place, ...options });
}
const at = (name: string): string => `docker://${host}/${name}:1`;
const judged = (name: string, to: string) =>
  skopeo('--policy', scene.path('policy.json'), 'copy', '--src-tls-verify=false', at(name), `dir:${scene.path(to)}`);
const files = (directory: string): string[] => readdirSync(scene.path(directory)).sort();

describe.skipIf(!areThere)('the real skopeo', () => {
  it('accepts our signatures, and we its own', async () => {
    const sigstore = hasSigstore ? [await sigstoreSigner(scene.path('key.private'), 'open')] : [];
    await ours(image.place, at('ours'), { signers: [gpgSigner('me@example.com'), ...sigstore] });
    expect(judged('ours', 'ours-read')).toMatchObject(done);

    const keys = ['--sign-by', 'me@example.com', '--sign-by-sigstore-private-key', 'key.private', '--sign-passphrase-file', 'passphrase'];
    theirs(...keys.slice(0, 2), image.place, at('theirs'));
    if (hasSigstore) theirs(...keys.slice(2), at('theirs'), at('theirs'));
    await ours(at('theirs'), `dir:${scene.path('theirs-read')}`, { policy: loadPolicy(scene.path('policy.json')) });
    expect(judged('theirs', 'theirs-judged')).toMatchObject(done);
    expect(files('theirs-read')).toEqual(files('theirs-judged'));
  });

  it('refuses what we refuse, in the same words', async () => {
    await ours(image.place, at('unsigned'));
    const policy = loadPolicy(scene.path('policy.json'));
    const refusal = await ours(at('unsigned'), `dir:${scene.path('unsigned')}`, { policy }).catch((error: Error) => error.message);
    expect(judged('unsigned', 'unsigned').err).toContain(refusal as string);
  });

  it('verifies what we signed alone, and we what it signed', () => {
    using gpg = Gpg.ofUser();
    const [fingerprint = ''] = gpg.fingerprints();
    scene.write('manifest', image.manifest);
    scene.write('our-signature', signManifest(gpg, image.manifest, 'r.example/a:1', 'me@example.com'));
    const verified = `Signature verified using fingerprint ${fingerprint}, digest ${digestOf(image.manifest)}`;
    // Its older versions leave the fingerprint out.
    expect(skopeo('standalone-verify', 'manifest', 'r.example/a:1', fingerprint, 'our-signature').out).toMatch(
      new RegExp(`${verified}|Signature verified, digest ${digestOf(image.manifest)}`),
    );
    expect(skopeo('standalone-sign', 'manifest', 'r.example/a:1', fingerprint, '-o', 'their-signature')).toMatchObject(done);
    expect(verifyMessage(gpg, readFileSync(scene.path('their-signature')), [fingerprint])).toEqual({
      digest: digestOf(image.manifest),
      reference: 'r.example/a:1',
      fingerprint,
    });
  });

  it('decrypts what we encrypted, and we what it encrypted', async () => {
    const recipients = await readRecipients([`jwe:${scene.path('rsa.pub')}`, `jwe:${scene.path('other.pub')}`]);
    await ours(image.place, `oci:${scene.path('enc')}:ours`, { encryption: { recipients, layers: [] } });
    theirs('--encryption-key', `jwe:${scene.path('rsa.pub')}`, image.place, `oci:${scene.path('enc')}:theirs`);
    theirs('--decryption-key', scene.path('rsa.pem'), `oci:${scene.path('enc')}:ours`, `dir:${scene.path('dec-ours')}`);
    theirs('--decryption-key', scene.path('other.pem'), `oci:${scene.path('enc')}:ours`, `dir:${scene.path('dec-other')}`);
    await ours(`oci:${scene.path('enc')}:theirs`, `dir:${scene.path('dec-theirs')}`, {
      decryption: await readDecryptionKeys([scene.path('rsa.pem')]),
    });
    const plain = files('image');
    for (const directory of ['dec-ours', 'dec-other', 'dec-theirs']) {
      const { layers } = JSON.parse(readFileSync(scene.path(`${directory}/manifest.json`), 'utf8')) as { layers: { digest: string }[] };
      for (const { digest } of layers)
        expect(plain).toContain(digestHex(digestOf(Bun.gunzipSync(readFileSync(scene.path(`${directory}/${digest.slice(7)}`))))));
    }
  });
});
