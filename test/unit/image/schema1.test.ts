import { expect, test } from 'vitest';
import { digestOf } from '../../../src/image/digest.ts';
import { manifestDigest, parseImageManifest } from '../../../src/image/manifest.ts';
import { build, convertManifest, updateLayers } from '../../../src/image/manifest-convert.ts';
import { dockerConfig, dockerLayerGzip, dockerManifest, dockerSchema1, dockerSigned } from '../../../src/image/media-types.ts';
import { emptyLayer, emptyLayerDigest, isUnsigned, schema1Top, unsignedSchema1 } from '../../../src/image/schema1.ts';
import { signSchema1, toSchema1 } from '../../../src/image/schema1-write.ts';

const hex = (digit: string): string => `sha256:${digit.repeat(64)}`;
const config = Buffer.from(
  JSON.stringify({
    created: '2026-01-02T03:04:05Z',
    author: 'me',
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['A=<1>'], Cmd: ['/bin/sh'] },
    rootfs: { type: 'layers', diff_ids: [hex('1'), hex('2')] },
    history: [
      { created: '2026-01-02T03:04:03Z', created_by: 'ADD x > /', comment: 'c' },
      { created: '2026-01-02T03:04:04Z', created_by: 'ENV A=1', empty_layer: true },
      { created: '2026-01-02T03:04:05Z', created_by: 'COPY y /', author: 'me' },
    ],
  }),
);
const layers = ['layer', 'other'].map((text) => ({ mediaType: dockerLayerGzip, digest: digestOf(text), size: 5 }));
const manifest = build(dockerManifest, { mediaType: dockerConfig, digest: digestOf(config), size: config.length }, layers);
/** What skopeo 1.22 makes of the same by `copy --format v2s1 dir:… dir:…`, without its signature. */
const skopeos = 'sha256:ca5559db07be31a9a105b2eeb1b161d9d843f58355d69025d9340854099b6e20';

test('an image as schema 1 is the one that skopeo makes of it', async () => {
  expect(digestOf(emptyLayer)).toBe(emptyLayerDigest);
  expect(digestOf((await toSchema1(manifest, config, dockerSchema1, undefined)).bytes)).toBe(skopeos);
  const signed = await toSchema1(manifest, config, dockerSigned, undefined);
  expect(manifestDigest(signed.bytes)).toBe(skopeos);
  expect(signed.layers.map(({ digest }) => digest)).toEqual([layers[0]!.digest, emptyLayerDigest, layers[1]!.digest]);
  expect(JSON.parse(String(Buffer.from(schema1Top(signed.json))))).toMatchObject({ config: { Cmd: ['/bin/sh'] }, os: 'linux' });
});

test('what is signed verifies with the key that is told', async () => {
  const { bytes, json } = await toSchema1(manifest, config, dockerSigned, undefined);
  const [signature] = json['signatures'] as {
    header: { jwk: import('node:crypto').webcrypto.JsonWebKey };
    protected: string;
    signature: string;
  }[];
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('jwk', signature!.header.jwk, algorithm, false, ['verify']);
  const signed = Buffer.from(`${signature!.protected}.${Buffer.from(unsignedSchema1(bytes)!).toString('base64url')}`);
  expect(await crypto.subtle.verify(algorithm, key, Buffer.from(signature!.signature, 'base64url'), signed)).toBe(true);
});

test('back from schema 1 it has the history, and the sizes that were found', async () => {
  const old = await toSchema1(manifest, config, dockerSchema1, undefined);
  const contents = layers.map(({ size }, index) => ({ diffId: hex(`${index + 1}`) as `sha256:${string}`, size }));
  const converted = convertManifest(old, dockerManifest, undefined, contents);
  expect(converted.manifest.layers).toEqual(layers);
  const { history, rootfs, config: run } = JSON.parse(String(Buffer.from(converted.config!)));
  expect(history).toEqual(
    JSON.parse(String(config)).history.map((step: object, index: number) =>
      index === 2 ? { created: (step as { created: string }).created, author: 'me' } : step,
    ),
  );
  expect(rootfs.diff_ids).toEqual([hex('1'), hex('2')]);
  expect(run).toEqual({ Env: ['A=<1>'], Cmd: ['/bin/sh'] });
});

test('with other layers it has to be signed anew', async () => {
  const signed = await toSchema1(manifest, config, dockerSigned, undefined);
  const other = updateLayers(
    signed,
    signed.layers.map(({ digest, size }) => ({ digest: digest === layers[0]!.digest ? digestOf('new') : digest, size })),
  );
  expect([signed, other].map(({ json }) => isUnsigned(json))).toEqual([false, true]);
  const again = parseImageManifest({ bytes: await signSchema1(other.bytes), mediaType: dockerSigned });
  expect(manifestDigest(again.bytes)).toBe(digestOf(other.bytes));
  expect(again.layers[0]!.digest).toBe(digestOf('new'));
});

test('an image without history, or with less layers than steps, is no schema 1', async () => {
  await expect(toSchema1(manifest, Buffer.from('{}'), dockerSigned, undefined)).rejects.toThrow('without history');
  const one = build(dockerManifest, manifest.config!, layers.slice(1));
  await expect(toSchema1(one, config, dockerSigned, undefined)).rejects.toThrow('needs more than the 1 distributed layers');
});
