import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/image/digest.ts';
import { type ManifestList, manifestDigest, parseImageManifest, parseManifest } from '../../../src/image/manifest.ts';
import { chooseManifestTypes } from '../../../src/image/manifest-choice.ts';
import { build, convertManifest, updateLayers } from '../../../src/image/manifest-convert.ts';
import { chooseInstance } from '../../../src/image/manifest-list.ts';
import {
  dockerConfig,
  dockerLayerGzip,
  dockerList,
  dockerManifest,
  dockerSigned,
  ociConfig,
  ociIndex,
  ociLayerGzip,
  ociManifest,
} from '../../../src/image/media-types.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const d = (text: string) => digestOf(text);
const config = { mediaType: ociConfig, digest: d('config'), size: 6 };
const layer = { mediaType: ociLayerGzip, digest: d('layer'), size: 5 };
const oci = { schemaVersion: 2, mediaType: ociManifest, config, layers: [layer] };
const parse = (value: unknown, mediaType = ociManifest) => parseManifest({ bytes: bytes(value), mediaType });

describe('reading manifests', () => {
  it('reads an image', () => {
    expect(parse(oci)).toMatchObject({ kind: 'image', format: 'oci', layers: [layer], config });
  });

  it.each([
    ['S02 a digest that is a path', { ...oci, layers: [{ ...layer, digest: 'sha256:../../etc/x' }] }],
    ['S02 a config without a digest', { ...oci, config: { ...config, digest: undefined } }],
    ['S04 an image that is a list too', { ...oci, manifests: [] }],
    ['S04 an image with layers of schema 1', { ...oci, fsLayers: [] }],
    ['S04 another type than it is served with', { ...oci, mediaType: dockerManifest }],
    ['a size that is none', { ...oci, layers: [{ ...layer, size: -7 }] }],
    ['a size beyond integers', { ...oci, layers: [{ ...layer, size: 1e30 }] }],
    ['layers that are no list', { ...oci, layers: { 0: layer } }],
    ['no object', [oci]],
    ['no JSON', '<html>'],
    ['S03 deep nesting', `{"schemaVersion":2,"config":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['S03 more than 4 MiB', { ...oci, annotations: { x: 'x'.repeat(4 << 20) } }],
  ])('refuses %s', (_, value) => {
    expect(() => parse(value)).toThrow();
  });

  it('refuses types that it does not know', () => {
    expect(() => parse({ schemaVersion: 2 }, 'text/html')).toThrow('unsupported manifest media type');
  });

  it('hashes what schema 1 signs, not the signatures', () => {
    const payload = '{\n   "schemaVersion": 1,\n   "name": "a"\n}';
    const open = payload.slice(0, -2);
    const protection = Buffer.from(
      JSON.stringify({ formatLength: open.length, formatTail: Buffer.from('\n}').toString('base64url') }),
    ).toString('base64url');
    const signed = `${open},\n   "signatures": [{"protected": "${protection}"}]\n}`;
    expect(manifestDigest(bytes(signed))).toBe(d(payload));
  });
});

describe('converting manifests', () => {
  const dockerBytes = bytes({
    created: '2020-01-01T00:00:00Z',
    container: 'x',
    config: { Env: ['A=<1>'], Hostname: 'h' },
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: [d('x')] },
  });
  const docker = build(dockerManifest, { mediaType: dockerConfig, digest: digestOf(dockerBytes), size: dockerBytes.length }, [
    { mediaType: dockerLayerGzip, digest: d('layer'), size: 5 },
  ]);

  it('writes the config anew for OCI, without what OCI does not know', () => {
    const { manifest, config: converted } = convertManifest(docker, ociManifest, dockerBytes);
    expect(manifest.layers[0]!.mediaType).toBe(ociLayerGzip);
    expect(new TextDecoder().decode(converted)).toBe(
      `{"created":"2020-01-01T00:00:00Z","architecture":"amd64","os":"linux","config":{"Env":["A=\\u003c1\\u003e"]},"rootfs":{"type":"layers","diff_ids":["${d('x')}"]}}`,
    );
    expect(manifest.config!.digest).toBe(digestOf(converted!));
  });

  it('keeps the config for docker', () => {
    const { manifest, config: converted } = convertManifest(
      parseImageManifest({ bytes: bytes(oci), mediaType: ociManifest }),
      dockerManifest,
      bytes('{}'),
    );
    expect(converted).toBeUndefined();
    expect(manifest.config).toMatchObject({ digest: config.digest, mediaType: dockerConfig });
  });

  it('has no name for zstd in docker manifests', () => {
    expect(() => updateLayers(docker, [{ digest: d('z'), size: 1, compression: 'zstd' }])).toThrow('zstd');
  });

  it.each([
    [{ sourceType: ociManifest, onlyOci: false }, [ociManifest, dockerManifest]],
    [{ sourceType: dockerManifest, onlyOci: true }, [ociManifest]],
    [{ sourceType: ociManifest, onlyOci: false, supported: [dockerManifest] }, [dockerManifest]],
    [{ sourceType: dockerSigned, onlyOci: false, forced: ociManifest }, [ociManifest]],
  ])('tries types in order: %j', (wish, expected) => {
    expect(chooseManifestTypes(wish).candidates.slice(0, expected.length)).toEqual(expected);
  });

  it('does not convert what must stay: the destination may take it all the same', () => {
    const fixed = { sourceType: ociManifest, supported: [dockerManifest], onlyOci: false, fixedBecause: 'Would invalidate signatures' };
    expect(chooseManifestTypes(fixed).candidates).toEqual([ociManifest]);
  });

  it.each([
    [{ forced: dockerManifest }, `encryption required together with format ${dockerManifest}, which does not support encryption`],
    [
      { supported: [dockerManifest] },
      `encryption required but the destination only supports MIME types [${dockerManifest}], none of which support encryption`,
    ],
  ])('has no name for encrypted layers in docker manifests: %j', (wish, message) => {
    expect(() => chooseManifestTypes({ sourceType: ociManifest, onlyOci: false, encrypted: true, ...wish })).toThrow(message);
  });
});

describe('choosing from a list', () => {
  const instance = (name: string, os: string, architecture: string, more = {}) => ({
    mediaType: ociManifest,
    digest: d(name),
    size: 1,
    platform: { os, architecture },
    ...more,
  });
  const list = (manifests: unknown[], mediaType = ociIndex) => parse({ schemaVersion: 2, mediaType, manifests }, mediaType) as ManifestList;

  it('takes the platform, zstd before gzip', () => {
    const zstd = instance('z', 'linux', 's390x', { annotations: { 'io.github.containers.compression.zstd': 'true' } });
    const both = list([instance('g', 'linux', 's390x'), zstd, instance('w', 'windows', 's390x')]);
    expect(chooseInstance(both, { os: 'linux', architecture: 's390x' }).digest).toBe(d('z'));
  });

  it('takes what an older variant of the processor runs', () => {
    const arm = list([instance('6', 'linux', 'arm', { platform: { os: 'linux', architecture: 'arm', variant: 'v6' } })]);
    expect(chooseInstance(arm, { os: 'linux', architecture: 'arm', variant: 'v7' }).digest).toBe(d('6'));
  });

  it('names what is missing', () => {
    expect(() => chooseInstance(list([instance('x', 'plan9', 'mips')], dockerList), { os: 'linux', architecture: 'amd64' })).toThrow(
      'no image found in manifest list for architecture "amd64", variant "", OS "linux"',
    );
  });
});
