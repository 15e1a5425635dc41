import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageServer } from '../fixtures/image-server.ts';
import { type Outcome, Scene } from './image-fixture.ts';

let scene: Scene;
let registry: ImageServer;
/** The image's name, by the registry's address, and by a name that only the proxy knows. */
let direct: string;
let name: string;
let port: number;
/** A proxy that takes every name for this machine's. */
let proxy: Server;
let proxyUrl: string;
let tls: TlsServer | undefined;
let asked: string[] = [];

const listening = async (server: Server | TlsServer): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

beforeEach(async () => {
  scene = new Scene();
  registry = new ImageServer(1 << 20);
  direct = await registry.listen();
  port = Number(/:(\d+)\//.exec(direct)![1]);
  name = direct.replace('127.0.0.1', 'registry.test');
  asked = [];
  proxy = createServer(({ method, url = '', headers }, response) => {
    asked.push(`${method} ${new URL(url).host}`);
    const { pathname, search, port: target } = new URL(url);
    request({ host: '127.0.0.1', port: target, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    }).end();
  }).on('connect', ({ url = '' }, socket, head) => {
    asked.push(`CONNECT ${url}`);
    const target = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    for (const side of [target, socket]) side.on('error', () => undefined);
  });
  proxyUrl = `http://127.0.0.1:${await listening(proxy)}`;
});
afterEach(async () => {
  tls?.close();
  tls = undefined;
  proxy.closeAllConnections();
  proxy.close();
  await registry[Symbol.asyncDispose]();
  scene[Symbol.dispose]();
});

async function pull(env: Record<string, string>, image = name, ...more: string[]): Promise<Outcome> {
  const [command, ...args] = scene.command('podman', ['pull', '-q', '--retry', '0', ...more, image]);
  const child = spawn(command!, args, { env: { ...process.env, ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const [code] = await once(child, 'close');
  return { code: code as number, out, err };
}

describe('a proxy', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('that %s names is asked for a registry without TLS', async (variable) => {
    expect(await pull({ [variable]: proxyUrl }, name, '--tls-verify=false')).toMatchObject({ code: 0, err: '' });
    expect(new Set(asked)).toEqual(new Set([`GET registry.test:${port}`]));
  });

  it('that HTTPS_PROXY names is asked for a tunnel, and sees nothing of what goes through it', async () => {
    const key = join(scene.directory, 'key.pem');
    const certificate = join(scene.directory, 'ca.crt');
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=registry.test'],
        ...['-addext', 'subjectAltName=DNS:registry.test', '-keyout', key, '-out', certificate],
      ],
      { stdio: 'ignore' },
    );
    tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
      const target = connect(port, '127.0.0.1');
      socket.pipe(target).pipe(socket);
      for (const side of [target, socket]) side.on('error', () => undefined);
    });
    const secure = await listening(tls);
    const image = name.replace(`:${port}/`, `:${secure}/`);
    const done = await pull({ HTTPS_PROXY: proxyUrl, HTTP_PROXY: 'http://127.0.0.1:1' }, image, '--cert-dir', scene.directory);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(new Set(asked)).toEqual(new Set([`CONNECT registry.test:${secure}`]));
  });

  it('is not asked for this machine, nor for what NO_PROXY names', async () => {
    expect(await pull({ HTTP_PROXY: proxyUrl }, direct, '--tls-verify=false')).toMatchObject({ code: 0, err: '' });
    const refused = await pull({ HTTP_PROXY: proxyUrl, NO_PROXY: 'other.test,registry.test' }, name, '--tls-verify=false');
    expect(refused).toMatchObject({ code: 125, err: expect.stringContaining('dial tcp: lookup registry.test: no such host') });
    expect(asked).toEqual([]);
  });

  it('that cannot be reached fails the pull, and is named', async () => {
    const { code, err } = await pull({ HTTP_PROXY: 'http://127.0.0.1:1' }, name, '--tls-verify=false');
    expect({ code, err }).toEqual({ code: 125, err: expect.stringContaining('connection refused') });
  });
});
