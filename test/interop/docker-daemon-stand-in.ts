import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Speaks as much of docker's API as copies of images need: it keeps the archives that are loaded and gives them back. */
export class DaemonStandIn implements AsyncDisposable {
  readonly #archives = new Map<string, string>();
  readonly #server: Server;

  private constructor(readonly directory: string) {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
    });
  }

  static async start(directory: string): Promise<DaemonStandIn> {
    const daemon = new DaemonStandIn(directory);
    await new Promise<void>((resolve) => daemon.#server.listen(0, '127.0.0.1', resolve));
    return daemon;
  }

  get host(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, this.host);
    const path = pathname.replace(/^\/v[\d.]+/, '');
    if (path === '/_ping') response.writeHead(200, { 'Api-Version': '1.41' }).end('OK');
    else if (path === '/images/load') {
      await this.#load(request);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"stream":"Loaded"}\n');
    } else if (path === '/images/get') this.#give(searchParams.get('names') ?? '', response);
    else if (/^\/images\/.*\/get$/.test(path)) this.#give(decodeURIComponent(path.slice('/images/'.length, -'/get'.length)), response);
    else response.writeHead(404).end('{"message":"no such thing"}');
  }

  async #load(request: IncomingMessage): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const file = join(this.directory, `daemon-${this.#archives.size}-${Date.now()}.tar`);
    writeFileSync(file, Buffer.concat(chunks));
    for (const { RepoTags } of JSON.parse(execFileSync('tar', ['-xOf', file, 'manifest.json'], { encoding: 'utf8' })))
      for (const tag of RepoTags ?? []) this.#archives.set(tag, file);
  }

  #give(name: string, response: ServerResponse): void {
    const file = this.#archives.get(name);
    if (file === undefined) response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"message":"No such image"}');
    else response.writeHead(200, { 'Content-Type': 'application/x-tar' }).end(readFileSync(file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
