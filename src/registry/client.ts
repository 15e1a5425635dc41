import { contentRange, type PlacedBytes, partsBoundary, placedBytes } from './byte-ranges.ts';
import { type ConnectionOptions, RegistryConnection, safeText } from './connection.ts';
import { RegistryError, RegistryUnreachable, registryError } from './errors.ts';
import type { HttpResponse } from './http.ts';

export interface FetchedManifest {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** The registry's Docker-Content-Digest, not checked. */
  readonly announcedDigest?: string;
}

export interface OpenBlob {
  /** Bytes of the whole blob, -1 where the registry does not say. */
  readonly size: number;
  /** Where the body begins: 0 when the registry ignored the range. */
  readonly from: number;
  /** Its strong ETag, where the registry gives one. */
  readonly etag?: string;
  stream(): AsyncIterable<Uint8Array>;
}

export interface UploadBody {
  /** -1 where unknown. */
  readonly size: number;
  /** Known before: checked by the registry. Otherwise asked for when all is sent. */
  readonly digest?: string;
  readonly data: Blob | Uint8Array | AsyncIterable<Uint8Array>;
  /** The digest of what was sent. */
  finalDigest(): string;
}

/** A signature of the extension of OpenShift. */
export interface StoredSignature {
  readonly schemaVersion?: number;
  readonly name?: string;
  readonly type?: string;
  /** Base64. */
  readonly content?: string;
}

const manifestLimit = 4 << 20;
const listLimit = 64 << 20;
const maximumPages = 10_000;
/** A push may take as long as it takes; the registry answers when it has stored the blob. */
const uploadTimeout = 30 * 60_000;
/** Blobs up to this size are sent with the closing request. */
const smallBlob = 1 << 20;

/** The endpoints of the distribution specification, one method each. Repositories are given without the registry's name. */
export class RegistryClient {
  readonly connection: RegistryConnection;

  constructor(domain: string, options: ConnectionOptions = {}) {
    this.connection = new RegistryConnection(domain, options);
  }

  /** GET manifest by tag or digest. @throws RegistryError */
  async manifest(repository: string, tagOrDigest: string, accept: readonly string[]): Promise<FetchedManifest> {
    const response = await this.#request(`/v2/${repository}/manifests/${tagOrDigest}`, repository, 'pull', {
      headers: { Accept: accept.join(', ') },
      follow: true,
    });
    if (response.status !== 200) throw await this.#error(response);
    const announced = response.headers.get('docker-content-digest');
    return {
      bytes: await response.bytes(manifestLimit),
      contentType: response.headers.get('content-type') ?? '',
      ...(announced === null ? {} : { announcedDigest: announced }),
    };
  }

  async putManifest(repository: string, tagOrDigest: string, bytes: Uint8Array, mediaType: string): Promise<void> {
    const response = await this.#request(`/v2/${repository}/manifests/${tagOrDigest}`, repository, 'pull,push', {
      method: 'PUT',
      headers: { 'Content-Type': mediaType },
      body: bytes,
      timeout: uploadTimeout,
    });
    if (response.status < 200 || response.status >= 300) throw await this.#error(response);
    await response.discard();
  }

  /** @returns false where there is no such manifest */
  async deleteManifest(repository: string, digest: string): Promise<void> {
    const response = await this.#request(`/v2/${repository}/manifests/${digest}`, repository, '*', { method: 'DELETE' });
    if (response.status !== 202 && response.status !== 200) throw await this.#error(response);
    await response.discard();
  }

  /** GET manifest with the rights to delete, so that one token does for both. */
  async manifestForDeletion(repository: string, tagOrDigest: string, accept: readonly string[]): Promise<FetchedManifest> {
    const response = await this.#request(`/v2/${repository}/manifests/${tagOrDigest}`, repository, '*', {
      headers: { Accept: accept.join(', ') },
    });
    if (response.status !== 200) throw await this.#error(response);
    const announced = response.headers.get('docker-content-digest');
    return {
      bytes: await response.bytes(manifestLimit),
      contentType: response.headers.get('content-type') ?? '',
      ...(announced === null ? {} : { announcedDigest: announced }),
    };
  }

  /**
   * Opens a blob, from a byte offset on where the registry can; else from its beginning.
   * @param etag what was opened before: where it is another thing now, it is given from its beginning
   */
  async blob(repository: string, digest: string, from = 0, etag?: string): Promise<OpenBlob> {
    const response = await this.#request(`/v2/${repository}/blobs/${digest}`, repository, 'pull', {
      follow: true,
      ...(from > 0 ? { headers: { Range: `bytes=${from}-`, ...(etag ? { 'If-Range': etag } : {}) } } : {}),
    });
    const isElsewhere = response.status === 416 || (response.status === 206 && rangeOf(response)?.first !== from);
    if (from === 0 || !isElsewhere) return this.#openBlob(response, from);
    await response.discard();
    return this.blob(repository, digest);
  }

  /** Opens so many bytes of a blob; undefined where the registry would give all of it, or other ones. @throws RegistryError */
  async blobPart(repository: string, digest: string, offset: number, length: number): Promise<AsyncIterable<Uint8Array> | undefined> {
    const response = await this.#request(`/v2/${repository}/blobs/${digest}`, repository, 'pull', {
      follow: true,
      headers: { Range: `bytes=${offset}-${offset + length - 1}` },
    });
    if (response.status === 206 && rangeOf(response)?.first === offset) return response.stream();
    if (response.status !== 200 && response.status !== 206 && response.status !== 416) throw await this.#error(response);
    await response.discard();
    return undefined;
  }

  /**
   * Opens several parts of a blob with one request; undefined where the registry answers with one part or with the whole.
   * @param ranges ascending, without overlap
   */
  async blobParts(
    repository: string,
    digest: string,
    ranges: readonly { readonly offset: number; readonly end: number }[],
  ): Promise<AsyncIterable<PlacedBytes> | undefined> {
    const response = await this.#request(`/v2/${repository}/blobs/${digest}`, repository, 'pull', {
      follow: true,
      headers: { Range: `bytes=${ranges.map(({ offset, end }) => `${offset}-${end - 1}`).join(',')}` },
    });
    const boundary = response.status === 206 ? partsBoundary(response.headers.get('content-type')) : undefined;
    if (boundary !== undefined) return placedBytes(response.stream(), boundary);
    await response.discard();
    return undefined;
  }

  /** Opens a blob that the manifest says is elsewhere. No credentials are sent. */
  async foreignBlob(url: string): Promise<OpenBlob> {
    const target = new URL(url);
    if (target.protocol !== 'https:' && target.protocol !== 'http:')
      throw new RegistryUnreachable(`unsupported URL of a layer: ${JSON.stringify(url)}`, 'EURL', true);
    const response = await this.connection.request(target.href, { follow: true });
    return this.#openBlob(response, 0);
  }

  async #openBlob(response: HttpResponse, from: number): Promise<OpenBlob> {
    const etag = response.headers.get('etag');
    const known = { ...(etag?.startsWith('"') ? { etag } : {}), stream: () => response.stream() };
    if (response.status === 206 && from > 0) {
      return { size: rangeOf(response)?.size ?? -1, from, ...known };
    }
    if (response.status !== 200) throw await this.#error(response);
    const length = response.headers.get('content-length');
    return { size: length === null ? -1 : Number(length), from: 0, ...known };
  }

  /** Size of a blob that a repository has, undefined where it has not. */
  async blobSize(repository: string, digest: string, actions = 'pull'): Promise<number | undefined> {
    const response = await this.#request(`/v2/${repository}/blobs/${digest}`, repository, actions, { method: 'HEAD', follow: true });
    await response.discard();
    if (response.status === 200) return Number(response.headers.get('content-length') ?? -1);
    if (response.status === 404) return undefined;
    throw await this.#error(response);
  }

  /** Asks the registry to take a blob over from another repository. @returns whether it did */
  async mountBlob(repository: string, digest: string, from: string): Promise<boolean> {
    const path = `/v2/${repository}/blobs/uploads/?${new URLSearchParams({ from, mount: digest })}`;
    const response = await this.#request(path, repository, 'pull,push', {
      method: 'POST',
      headers: { 'Content-Length': '0' },
      scopes: [`repository:${from}:pull`],
    });
    await response.discard();
    if (response.status === 201) return true;
    if (response.status === 202) {
      const location = response.headers.get('location');
      if (location !== null)
        await this.#request(this.#resolve(location, response), repository, 'pull,push', { method: 'DELETE' }).then((cancelled) =>
          cancelled.discard(),
        );
      return false;
    }
    throw await this.#error(response);
  }

  /** Uploads a blob: small ones of known digest in one request, else streamed. */
  async uploadBlob(repository: string, body: UploadBody): Promise<void> {
    const started = await this.#request(`/v2/${repository}/blobs/uploads/`, repository, 'pull,push', {
      method: 'POST',
      headers: { 'Content-Length': '0' },
    });
    await started.discard();
    if (started.status !== 202) throw wrap('initiating layer upload', await this.#error(started));
    let location = this.#location(started);
    const length: Record<string, string> = body.size >= 0 ? { 'Content-Length': String(body.size) } : {};
    const headers = { 'Content-Type': 'application/octet-stream', ...length };
    const once = !(body.data instanceof Blob || body.data instanceof Uint8Array);
    if (body.digest !== undefined && body.size >= 0 && body.size <= smallBlob) {
      await this.#closeUpload(repository, location, body.digest, { headers, body: body.data as Uint8Array, once });
      return;
    }
    const sent = await this.#request(location, repository, 'pull,push', {
      method: 'PATCH',
      headers,
      body: body.data as Uint8Array,
      timeout: uploadTimeout,
      once,
    });
    await sent.discard();
    if (sent.status < 200 || sent.status >= 300) throw wrap('uploading layer chunked', await this.#error(sent));
    location = this.#location(sent);
    await this.#closeUpload(repository, location, body.finalDigest(), {
      headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': '0' },
    });
  }

  async #closeUpload(
    repository: string,
    location: string,
    digest: string,
    request: { headers: Record<string, string>; body?: Uint8Array; once?: boolean },
  ): Promise<void> {
    const url = new URL(location);
    url.searchParams.set('digest', digest);
    const response = await this.#request(url.href, repository, 'pull,push', { method: 'PUT', timeout: uploadTimeout, ...request });
    if (response.status !== 201) throw wrap('uploading layer to', await this.#error(response));
    await response.discard();
  }

  #location(response: HttpResponse): string {
    const location = response.headers.get('location');
    if (location === null) throw new RegistryUnreachable('determining upload URL: http: no Location header in response', 'ELOCATION', true);
    return this.#resolve(location, response);
  }

  #resolve(location: string, response: HttpResponse): string {
    return new URL(location, response.url).href;
  }

  /** All tags, page after page. */
  async tags(repository: string): Promise<string[]> {
    const pages = await this.#pages(`/v2/${repository}/tags/list`, repository, 'pull');
    return pages.flatMap((page) => {
      const { tags } = page as { tags?: unknown };
      return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
    });
  }

  /** Manifests that refer to a digest (`subject`), as the registry lists them; undefined where it has no such endpoint. */
  async referrers(repository: string, digest: string): Promise<Uint8Array | undefined> {
    const response = await this.#request(`/v2/${repository}/referrers/${digest}`, repository, 'pull', { follow: true });
    if (response.status === 404) {
      await response.discard();
      return undefined;
    }
    if (response.status !== 200) throw await this.#error(response);
    return response.bytes(manifestLimit);
  }

  /** Whether the registry keeps signatures itself: OpenShift's extension. */
  async keepsSignatures(): Promise<boolean> {
    return (await this.connection.ping()).keepsSignatures;
  }

  /** Signatures that the registry keeps of a manifest. @throws RegistryError */
  async signatures(repository: string, digest: string): Promise<StoredSignature[]> {
    const response = await this.#request(`/extensions/v2/${repository}/signatures/${digest}`, repository, 'pull');
    if (response.status !== 200) throw wrap(`downloading signatures for ${digest} in ${repository}`, await this.#error(response));
    const { signatures } = parseJson(await response.bytes(manifestLimit), response.url) as { signatures?: StoredSignature[] | null };
    return signatures ?? [];
  }

  /** @throws RegistryError */
  async putSignature(repository: string, digest: string, signature: StoredSignature): Promise<void> {
    const response = await this.#request(`/extensions/v2/${repository}/signatures/${digest}`, repository, 'pull,push', {
      method: 'PUT',
      body: Buffer.from(JSON.stringify(signature)),
    });
    if (response.status !== 201) throw wrap(`uploading signature to ${repository}`, await this.#error(response));
    await response.discard();
  }

  /** Names of repositories, as far as the registry tells. */
  async catalog(limit: number): Promise<string[]> {
    const pages = await this.#pages(`/v2/_catalog?n=${limit}`, undefined, undefined, 'registry:catalog:*');
    return pages.flatMap((page) => (page as { repositories?: string[] }).repositories ?? []);
  }

  async #pages(first: string, repository: string | undefined, actions: string | undefined, scope?: string): Promise<unknown[]> {
    const pages: unknown[] = [];
    const seen = new Set<string>();
    let path: string | undefined = first;
    let bytes = 0;
    while (path !== undefined) {
      if (seen.has(path) || seen.size === maximumPages)
        throw new RegistryUnreachable(`${this.connection.host}: the list of ${first} does not end (${seen.size} pages)`, 'EPAGES', true);
      seen.add(path);
      const response = await this.connection.request(path, {
        follow: true,
        ...(repository === undefined ? {} : { repository, actions }),
        ...(scope ? { scopes: [scope] } : {}),
      });
      if (response.status !== 200) throw await this.#error(response);
      const body = await response.bytes(listLimit);
      bytes += body.length;
      if (bytes > listLimit)
        throw new RegistryUnreachable(`${this.connection.host}: the list of ${first} exceeds ${listLimit} bytes`, 'ETOOBIG', true);
      pages.push(parseJson(body, response.url));
      path = nextPage(response.headers.get('link'), response.url);
    }
    return pages;
  }

  #request(
    path: string,
    repository: string,
    actions: string,
    request: Parameters<RegistryConnection['request']>[1] = {},
  ): Promise<HttpResponse> {
    return this.connection.request(path, { ...request, repository, actions });
  }

  async #error(response: HttpResponse): Promise<RegistryError> {
    return registryError(response.status, response.url, await safeText(response), response.headers.get('www-authenticate') ?? undefined);
  }
}

const rangeOf = (response: HttpResponse) => contentRange(response.headers.get('content-range'));

function wrap(what: string, error: RegistryError): RegistryError {
  return new RegistryError(`${what}: ${error.message}`, error.status, error.code, error.url, { cause: error });
}

function parseJson(body: Uint8Array, url: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new RegistryError(`${url}: the answer is not JSON`, 200, '', url, { cause });
  }
}

/** The next page's path and query; another host in the link counts for nothing. */
function nextPage(link: string | null, base: string): string | undefined {
  const target = link === null ? undefined : /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(link)?.[1];
  if (!target || !URL.canParse(target, base)) return undefined;
  const url = new URL(target, base);
  return url.pathname + url.search;
}
