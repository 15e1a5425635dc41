import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyImage } from '../../src/image/copy.ts';
import { digestHex, digestOf } from '../../src/image/digest.ts';
import { parseImageName } from '../../src/image/image-name.ts';
import { build } from '../../src/image/manifest-convert.ts';
import { dockerConfig, dockerLayerGzip, dockerManifest } from '../../src/image/media-types.ts';
import { acceptAnything } from '../../src/image/policy.ts';
import { parseReference } from '../../src/image/reference.ts';
import { listTags } from '../../src/image/tags.ts';
import { RegistryClient } from '../../src/registry/client.ts';

/** A registry that misbehaves: each case says what is answered to which request, anything else is answered well. */
type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => boolean;

const layer = Bun.gzipSync(Buffer.alloc(300_000, 'layer '));
const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digestOf('x')] } }));
const manifest = build(dockerManifest, { mediaType: dockerConfig, digest: digestOf(config), size: config.length }, [
  { mediaType: dockerLayerGzip, digest: digestOf(layer), size: layer.length },
]);
const blobs = new Map<string, Uint8Array>([
  [digestOf(layer), layer],
  [digestOf(config), config],
]);

const servers: Server[] = [];
let directory: string;
let seen: { method: string; url: string; authorization?: string; range?: string }[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selkie-registry-'));
  seen = [];
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

async function serve(answer: Answer = () => false): Promise<string> {
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, authorization: headers.authorization, range: headers.range });
    const count = (counts.get(`${method} ${url}`) ?? 0) + 1;
    counts.set(`${method} ${url}`, count);
    if (answer(request, response, count)) return;
    const blob = blobs.get(url.split('/').at(-1)!);
    if (url === '/v2/') response.end('{}');
    else if (url.includes('/manifests/')) response.writeHead(200, { 'Content-Type': dockerManifest }).end(manifest.bytes);
    else if (url.includes('/blobs/') && blob) response.writeHead(200, { 'Content-Length': blob.length }).end(blob);
    else response.writeHead(404).end('{"errors":[{"code":"NAME_UNKNOWN","message":"no"}]}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pull = (host: string, more = {}) =>
  copyImage(parseImageName(`docker://${host}/a/b:1`), parseImageName(`dir:${directory}/image`), {
    source: { tlsVerify: false, anonymous: true, ...more },
    policy: acceptAnything,
  });
const files = () => readdirSync(join(directory, 'image')).sort();
const isLayer = (url = '') => url.endsWith(digestOf(layer));

describe('a registry', () => {
  it('is asked for each thing once', async () => {
    await pull(await serve());
    expect(files()).toEqual([digestHex(digestOf(config)), digestHex(digestOf(layer)), 'manifest.json', 'version'].sort());
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v2/a/b/manifests/1',
      `GET /v2/a/b/blobs/${digestOf(config)}`,
      `GET /v2/a/b/blobs/${digestOf(layer)}`,
    ]);
  });

  it('is told who we are before it is asked, where that is known', async () => {
    const host = await serve();
    await pull(host, { anonymous: false, credentials: { username: 'me', password: 'secret' } });
    expect(seen[0]!.url).toBe('/v2/');
  });

  it('may want to know who we are for one thing and not for another', async () => {
    const host = await serve(
      ({ url, headers }, response) =>
        isLayer(url) && headers.authorization === undefined && !!response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="r"' }).end(),
    );
    await expect(pull(host)).rejects.toThrow(/authentication required|unauthorized|401/i);
  });

  it('S01 cannot give other bytes than the manifest names', async () => {
    const host = await serve(({ url }, response) => isLayer(url) && !!response.end(Buffer.alloc(layer.length)));
    await expect(pull(host)).rejects.toThrow('does not match its digest');
    expect(files()).not.toContain(digestHex(digestOf(layer)));
    expect(files()).not.toContain('manifest.json');
  });

  it('S01 cannot give more bytes than the manifest says', async () => {
    const host = await serve(({ url }, response) => isLayer(url) && !!response.end(Buffer.concat([layer, layer])));
    await expect(pull(host)).rejects.toThrow('more than');
  });

  it('S03 cannot send an endless manifest', async () => {
    const host = await serve(({ url = '' }, response) => url.includes('/manifests/') && !!response.end(Buffer.alloc(5 << 20, ' ')));
    await expect(pull(host)).rejects.toThrow('exceeds the limit');
  });

  it('S05 does not see credentials go to where it redirects', async () => {
    const elsewhere = await serve(({ url = '' }, response) => url.startsWith('/store/') && !!response.end(blobs.get(url.slice(7))));
    const host = await serve(({ url = '', headers }, response) => {
      if (headers.authorization === undefined) return !!response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="r"' }).end();
      return url.includes('/blobs/') && !!response.writeHead(307, { Location: `http://${elsewhere}/store/${url.split('/').at(-1)}` }).end();
    });
    await pull(host, { anonymous: false, credentials: { username: 'me', password: 'secret' } });
    const stored = seen.filter(({ url }) => url.startsWith('/store/'));
    expect(stored).toHaveLength(2);
    expect(stored.every(({ authorization }) => authorization === undefined)).toBe(true);
    expect(
      seen.filter(({ url }) => url.includes('/manifests/')).every(({ authorization }) => authorization === `Basic ${btoa('me:secret')}`),
    ).toBe(true);
  });

  it('S13 may break a download off: it goes on from there', async () => {
    const host = await serve(({ url, headers }, response, count) => {
      if (!isLayer(url)) return false;
      if (count === 1) {
        response.writeHead(200, { 'Content-Length': layer.length });
        response.write(layer.subarray(0, 100), () => setTimeout(() => response.destroy(), 100));
      } else {
        const from = Number(/\d+/.exec(headers.range ?? '0')![0]);
        response.writeHead(206, { 'Content-Range': `bytes ${from}-${layer.length - 1}/${layer.length}` }).end(layer.subarray(from));
      }
      return true;
    });
    await pull(host);
    expect(seen.filter(({ url }) => isLayer(url)).map(({ range }) => range)).toEqual([undefined, 'bytes=100-']);
    expect(Buffer.compare(readFileSync(join(directory, 'image', digestHex(digestOf(layer)))), layer)).toBe(0);
  });

  it.each([
    ['another range than asked for', 206, { 'Content-Range': 'bytes 5-9/10' }],
    ['that there is no such range', 416, {}],
  ])('S13 may answer with %s: then all is read, and what came before is passed over', async (_, status, headers) => {
    const host = await serve(({ url, headers: { range } }, response, count) => {
      if (!isLayer(url) || (range === undefined && count > 1)) return false;
      if (range !== undefined) return !!response.writeHead(status, headers).end();
      response.writeHead(200, { 'Content-Length': layer.length, ETag: '"one"' });
      response.write(layer.subarray(0, 100), () => setTimeout(() => response.destroy(), 1000));
      return true;
    });
    await pull(host);
    expect(files()).toContain(digestHex(digestOf(layer)));
    expect(seen.filter(({ url }) => isLayer(url)).map(({ range }) => range ?? '')).toEqual(['', 'bytes=100-', '']);
  });

  it('S13 may be busy and broken for a while', async () => {
    const host = await serve(({ url = '' }, response, count) => {
      if (!url.includes('/manifests/') || count > 3) return false;
      return !!response.writeHead([429, 500, 502][count - 1]!, { 'Retry-After': '0' }).end('<html>');
    });
    await pull(host);
    expect(seen.filter(({ url }) => url.includes('/manifests/'))).toHaveLength(4);
  });

  it('S13 that never recovers is named with what it said', async () => {
    const host = await serve(({ url = '' }, response) => url.includes('/manifests/') && !!response.writeHead(403).end('<html>no</html>'));
    await expect(pull(host)).rejects.toThrow(`reading manifest 1 in ${host}/a/b: StatusCode: 403, "<html>no</html>"`);
  });

  it('S13 cannot list tags for ever', async () => {
    let page = 0;
    const host = await serve(
      ({ url = '' }, response) =>
        url.includes('/tags/list') &&
        !!response.writeHead(200, { Link: `</v2/a/b/tags/list?last=${page++ % 3}>; rel="next"` }).end('{"tags":["x"]}'),
    );
    await expect(listTags(parseReference(`${host}/a/b`), { tlsVerify: false, anonymous: true })).rejects.toThrow('does not end');
  });

  it('lists tags page after page', async () => {
    const host = await serve(({ url = '' }, response) => {
      if (!url.includes('/tags/list')) return false;
      const more = url.includes('last');
      return !!response
        .writeHead(200, more ? {} : { Link: '<http://evil.example/v2/a/b/tags/list?last=1>; rel="next"' })
        .end(`{"tags":["${more ? 2 : 1}"]}`);
    });
    expect(await listTags(parseReference(`${host}/a/b`), { tlsVerify: false, anonymous: true })).toEqual(['1', '2']);
  });

  it('is not spoken to without TLS unless allowed', async () => {
    const host = await serve();
    await expect(
      copyImage(parseImageName(`docker://${host}/a/b:1`), parseImageName(`dir:${directory}/image`), { policy: acceptAnything }),
    ).rejects.toThrow(`pinging container registry ${host}: Get "https://${host}/v2/": http: server gave HTTP response to HTTPS client`);
    expect(seen).toEqual([]);
  });

  it('gives a token for the scope, and a new one for another', async () => {
    const host = await serve(({ url = '', headers }, response) => {
      if (url.startsWith('/token')) return !!response.end(JSON.stringify({ token: new URL(url, 'http://x').searchParams.get('scope') }));
      if (headers.authorization === 'Bearer repository:a/b:pull') return false;
      return !!response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="http://${headers.host}/token",service="s"` }).end();
    });
    await pull(host);
    expect(seen.filter(({ url }) => url.startsWith('/token')).map(({ url }) => url)).toEqual([
      '/token?scope=repository%3Aa%2Fb%3Apull&service=s',
    ]);
  });
});

describe('uploads', () => {
  interface Upload {
    method: string;
    url: string;
    length: string | undefined;
    encoding: string | undefined;
    body: Buffer;
  }

  /** A registry that takes what is sent, and says what came. */
  async function receiving(uploads: Upload[]): Promise<string> {
    return serve((request, response) => {
      const { method = '', url = '', headers } = request;
      if (url === '/v2/' || method === 'GET') return false;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        uploads.push({
          method,
          url,
          length: headers['content-length'],
          encoding: headers['transfer-encoding'],
          body: Buffer.concat(chunks),
        });
        if (method === 'HEAD') response.writeHead(404).end();
        else if (method === 'POST') response.writeHead(202, { Location: '/v2/c/d/blobs/uploads/1?state=x' }).end();
        else if (method === 'PATCH') response.writeHead(202, { Location: '/v2/c/d/blobs/uploads/2?state=y' }).end();
        else response.writeHead(201).end();
      });
      return true;
    });
  }

  const big = Buffer.from(Array.from({ length: 3 << 20 }, (_, index) => (Math.imul(index, 2654435761) >>> 13) & 255));

  async function push(): Promise<Upload[]> {
    const uploads: Upload[] = [];
    const [from, to] = [await serve(), await receiving(uploads)];
    const sides = { tlsVerify: false, anonymous: true };
    await copyImage(parseImageName(`docker://${from}/a/b:1`), parseImageName(`docker://${to}/c/d:1`), {
      source: sides,
      destination: sides,
      policy: acceptAnything,
    });
    const direct = new RegistryClient(to, { insecure: true, anonymous: true });
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < big.length; at += 1 << 20) yield big.subarray(at, at + (1 << 20));
    }
    await direct.uploadBlob('c/d', { size: big.length, digest: digestOf(big), data: pieces(), finalDigest: () => digestOf(big) });
    await direct.uploadBlob('c/d', { size: -1, data: pieces(), finalDigest: () => digestOf(big) });
    return uploads;
  }

  it('send small blobs with the closing request, others before it, with their length where it is known', async () => {
    const uploads = await push();
    const small = uploads.find(({ method, body }) => method === 'PUT' && body.equals(layer));
    expect(small).toMatchObject({ url: `/v2/c/d/blobs/uploads/1?state=x&digest=${encodeURIComponent(digestOf(layer))}` });
    const patches = uploads.filter(({ method }) => method === 'PATCH');
    expect(patches.map(({ url, length, encoding }) => ({ url, length, encoding }))).toEqual([
      { url: '/v2/c/d/blobs/uploads/1?state=x', length: String(big.length), encoding: undefined },
      { url: '/v2/c/d/blobs/uploads/1?state=x', length: undefined, encoding: 'chunked' },
    ]);
    expect(patches.every(({ body }) => body.equals(big))).toBe(true);
    const closing = uploads.filter(({ method, url }) => method === 'PUT' && url.startsWith('/v2/c/d/blobs/uploads/2?'));
    expect(closing.map(({ url, length }) => ({ url, length }))).toEqual(
      Array(2).fill({ url: `/v2/c/d/blobs/uploads/2?state=y&digest=${encodeURIComponent(digestOf(big))}`, length: '0' }),
    );
  });
});
