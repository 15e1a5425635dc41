import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyImage } from '../../src/image/copy.ts';
import { digestHex, digestOf } from '../../src/image/digest.ts';
import { parseImageName } from '../../src/image/image-name.ts';
import { dockerConfig, dockerLayerGzip, dockerManifest, ociConfig, ociManifest } from '../../src/image/media-types.ts';
import { acceptAnything } from '../../src/image/policy.ts';
import { Scene } from '../integration/image-fixture.ts';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene[Symbol.dispose]());

const deep = `{"schemaVersion":2,"config":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [digestOf('x')] } });
const descriptorOf = (mediaType: string, text: string) => ({ mediaType, digest: digestOf(text), size: text.length });
const manifestOf = (mediaType: string, configText = config) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: descriptorOf(ociConfig, configText),
    layers: [descriptorOf(dockerLayerGzip, 'x')],
  });

/** What stands in place of a manifest, and how its refusal is worded. */
const hostile: [string, string | 'huge', RegExp][] = [
  ['100 MB', 'huge', /exceeds the limit/],
  ['nesting 100,000 deep', deep, /descriptor is not an object|media type|JSON/],
  ['no JSON', '<html>', /JSON|parsing/],
  ['a media type that is none of a manifest', manifestOf('text/html'), /media type|served as/],
  ['a digest that is a path', manifestOf(ociManifest).replace(/sha256:[0-9a-f]{64}/, 'sha256:../../../etc/passwd'), /digest/],
];

function put(path: string, text: string | 'huge'): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text === 'huge' ? '{' : text);
  if (text === 'huge') truncateSync(path, 100 << 20);
}

const places: Record<string, (text: string | 'huge') => string> = {
  dir: (text) => {
    put(join(scene.directory, 'image/manifest.json'), text);
    writeFileSync(join(scene.directory, 'image/version'), 'Directory Transport Version: 1.1\n');
    return `dir:${scene.directory}/image`;
  },
  oci: (text) => {
    layout(text);
    return `oci:${scene.directory}/image`;
  },
  'oci-archive': (text) => {
    layout(text);
    execFileSync('tar', ['-C', join(scene.directory, 'image'), '-cf', join(scene.directory, 'image.tar'), '.']);
    return `oci-archive:${scene.directory}/image.tar`;
  },
  'the index of oci': (text) => {
    put(join(scene.directory, 'image/index.json'), text);
    return `oci:${scene.directory}/image`;
  },
  'docker-archive': (text) => {
    put(join(scene.directory, 'image/manifest.json'), text);
    execFileSync('tar', ['-C', join(scene.directory, 'image'), '-cf', join(scene.directory, 'image.tar'), 'manifest.json']);
    return `docker-archive:${scene.directory}/image.tar`;
  },
};

function layout(text: string | 'huge'): void {
  const path = join(scene.directory, 'image');
  const digest = digestOf(text);
  const size = text === 'huge' ? 100 << 20 : text.length;
  put(join(path, 'blobs/sha256', digestHex(digest)), text);
  put(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  put(join(path, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: ociManifest, digest, size }] }));
}

/** Images and layers of the store, and what lies about where temporary files are made. */
const residue = (): string[] => [
  ...scene.lines('images', '-aq'),
  ...['overlay', 'overlay-layers', 'overlay-images'].flatMap((name) =>
    list(join(scene.root, name)).filter((file) => /^[0-9a-f]{64}$/.test(file)),
  ),
  ...list(join(scene.directory, 'tmp')),
];
function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

describe('S03, S04: manifests of strangers', () => {
  it.each(Object.keys(places).flatMap((place) => hostile.map(([what, text, error]) => [place, what, text, error] as const)))(
    '%s with %s is refused and leaves nothing',
    (place, _, text, error) => {
      mkdirSync(join(scene.directory, 'tmp'));
      const { code, err } = scene.run('podman', ['pull', '-q', places[place]!(text)], { env: { TMPDIR: join(scene.directory, 'tmp') } });
      expect(code).toBe(125);
      if (!place.includes('index') && place !== 'docker-archive') expect(err).toMatch(error);
      expect(err).toMatch(/^Error: [^\n]{1,600}\n$/);
      expect(err).not.toContain('bug');
      expect(residue()).toEqual([]);
    },
  );

  it('a config of 100 MB is refused unread', () => {
    const path = join(scene.directory, 'image');
    put(join(path, 'version'), 'Directory Transport Version: 1.1\n');
    const manifest = JSON.parse(manifestOf(dockerManifest));
    manifest.config = { mediaType: dockerConfig, digest: digestOf('huge'), size: 100 << 20 };
    put(join(path, 'manifest.json'), JSON.stringify(manifest));
    put(join(path, digestHex(digestOf('huge'))), 'huge');
    const { code, err } = scene.podman('pull', '-q', `dir:${path}`);
    expect([code, err]).toEqual([125, expect.stringContaining('config of 104857600 bytes exceeds the limit')]);
    expect(residue()).toEqual([]);
  });

  describe('of a registry', () => {
    let server: Server;
    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    it.each(hostile)('%s', async (_, text, error) => {
      server = createServer(({ url = '' }, response) => {
        if (!url.includes('/manifests/')) return void response.end('{}');
        response.writeHead(200, { 'Content-Type': text.includes('text/html') ? 'text/html' : ociManifest });
        if (text !== 'huge') return void response.end(text);
        const chunk = Buffer.alloc(1 << 20, ' ');
        const more = (left: number): void => {
          if (left === 0 || response.destroyed) response.end();
          else response.write(chunk, () => more(left - 1));
        };
        more(100);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      const to = join(scene.directory, 'copied');
      const copied = copyImage(parseImageName(`docker://${host}/a/b:1`), parseImageName(`dir:${to}`), {
        source: { tlsVerify: false, anonymous: true },
        policy: acceptAnything,
      });
      await expect(copied).rejects.toThrow(error);
      expect(readdirSync(to)).toEqual(['version']);
      rmSync(to, { recursive: true });
    });
  });
});

describe('layers compressed in ways that are only read', () => {
  it.each(['xz', 'bzip2'])('%s', (program) => {
    const tar = execFileSync('cat', [scene.tarball('file', 'in the layer')]);
    const packed = execFileSync(
      'python3',
      ['-c', `import sys, ${module(program)} as m; sys.stdout.buffer.write(m.compress(sys.stdin.buffer.read()))`],
      { input: tar },
    );
    const path = join(scene.directory, 'image');
    const write = (bytes: Uint8Array | string, mediaType: string) => {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, digestHex(digestOf(bytes))), bytes);
      return { mediaType, digest: digestOf(bytes), size: bytes.length };
    };
    const layer = write(packed, dockerLayerGzip);
    const own = write(
      JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [digestOf(tar)] } }),
      dockerConfig,
    );
    writeFileSync(join(path, 'version'), 'Directory Transport Version: 1.1\n');
    writeFileSync(
      join(path, 'manifest.json'),
      JSON.stringify({ schemaVersion: 2, mediaType: dockerManifest, config: own, layers: [layer] }),
    );
    const [id] = scene.lines('pull', '-q', `dir:${path}`);
    expect(scene.lines('image', 'inspect', '--format', '{{index .RootFS.Layers 0}}', id!)).toEqual([digestOf(tar)]);
  });
});

const module = (program: string): string => (program === 'xz' ? 'lzma' : 'bz2');
