import { sha256Hex } from '../../../archive/sha256.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { ImageNotKnown } from '../../../image/image-errors.ts';
import { unixSeconds } from '../../../image/instant.ts';
import type { LocalImage } from '../../../image/local-image.ts';
import { searchImages } from '../../../image/search.ts';
import { ApiError, type Exchange } from '../exchange.ts';
import type { Handler } from '../route.ts';
import { dockerName, withTag } from './image-names.ts';
import { registryAuth } from './registry-auth.ts';

/** GET /images/json */
export const list: Handler = (exchange, { engine }) => {
  const filter = exchange.text('filter');
  const filters = [...exchange.filters(), ...(filter === '' ? [] : [`reference=${filter}`]), 'manifest=false'];
  const shared = exchange.flag('shared-size');
  const old = isBefore(exchange.version, 44);
  exchange.send(
    200,
    engine.images.summarize({ filters, all: exchange.flag('all') }).map((image) => ({
      Id: `sha256:${image.Id}`,
      ParentId: image.ParentId,
      RepoTags: image.RepoTags ?? [],
      RepoDigests: image.RepoDigests,
      Created: image.Created,
      Size: image.Size,
      SharedSize: shared ? image.SharedSize : -1,
      ...(old ? { VirtualSize: image.Size } : {}),
      Labels: image.Labels ?? {},
      Containers: image.Containers,
      Names: image.RepoTags,
      Digest: image.image.digest,
      History: image.image.namesHistory,
    })),
  );
};

/** Whether the client speaks an API before 1.`minor`. */
export const isBefore = (version: string | undefined, minor: number): boolean => {
  const [major, of] = (version ?? '').split('.').map(Number);
  return major === 1 && (of ?? 0) < minor;
};

/** docker-py looks for `No such image` to tell what went wrong. @throws ApiError 404 */
function find(exchange: Exchange, engine: ContainerEngine, given = exchange.name): LocalImage {
  try {
    return engine.images.lookup(dockerName(engine, given));
  } catch (error) {
    if (!(error instanceof ImageNotKnown)) throw error;
    throw new ApiError(404, `failed to find image ${given}: ${error.message.replace('image not known', 'No such image')}`, {
      cause: error,
    });
  }
}

/** GET /images/{name}/json */
export const inspect: Handler = (exchange, { engine }) => {
  const image = find(exchange, engine);
  const facts = engine.images.inspect(image, { parent: true });
  const { Config: config } = facts;
  exchange.send(200, {
    Id: `sha256:${image.id}`,
    RepoTags: facts.RepoTags,
    RepoDigests: facts.RepoDigests,
    Comment: facts.Comment,
    Created: image.created.toISOString(),
    Config: { ...config, ...(facts.Labels ? { Labels: facts.Labels } : {}) },
    Architecture: facts.Architecture,
    Os: facts.Os,
    Size: facts.Size,
    ...(isBefore(exchange.version, 44) ? { VirtualSize: facts.Size } : {}),
    GraphDriver: facts.GraphDriver,
    RootFS: { Type: facts.RootFS.Type, Layers: facts.RootFS.Layers ?? [] },
    Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
    ...(isBefore(exchange.version, 45) ? { ContainerConfig: containerConfig(image.id, config.Volumes) } : {}),
    Parent: facts.Parent,
    DockerVersion: facts.Version,
    Author: facts.Author,
  });
};

/** Nothing but what compose asks for. */
const containerConfig = (id: string, volumes: object | null | undefined): object => ({
  Hostname: id.slice(0, 11),
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: volumes ?? null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
});

/** GET /images/{name}/history */
export const history: Handler = (exchange, { engine }) => {
  exchange.send(
    200,
    engine.images.history(find(exchange, engine)).map(({ id, created, createdBy, size, comment, tags }) => ({
      Id: `sha256:${id}`,
      Created: unixSeconds(created),
      CreatedBy: createdBy,
      Tags: tags,
      Size: size,
      Comment: comment,
    })),
  );
};

/** POST /images/{name}/tag */
export const tag: Handler = (exchange, { engine }) => {
  const repository = exchange.text('repo');
  if (repository === '') throw new ApiError(400, 'repo parameter is required to tag an image');
  const image = find(exchange, engine);
  engine.images.tag(image, [dockerName(engine, withTag(repository, exchange.text('tag', 'latest')))]);
  exchange.send(201, '');
};

/** DELETE /images/{name} */
export const remove: Handler = async (exchange, { engine }) => {
  const name = dockerName(engine, exchange.name);
  const { reports, errors } = await engine.images.remove([name], { force: exchange.flag('force'), noPrune: exchange.flag('noprune') });
  const [error] = errors;
  if (error instanceof ImageNotKnown) throw new ApiError(404, `failed to find image ${name}: ${error.message}`, { cause: error });
  if (error) throw error;
  exchange.send(
    200,
    reports.flatMap(({ untagged, removed, id }) => [
      ...untagged.map((each) => ({ Untagged: each })),
      ...(removed ? [{ Deleted: `sha256:${id}` }] : []),
    ]),
  );
};

/** POST /images/prune; without `dangling=false` only images without a name. */
export const prune: Handler = async (exchange, { engine }) => {
  const given = exchange.filters();
  const all = given.some((filter) => /^dangling=(false|0)$/.test(filter));
  const pruned = await engine.images.prune({ all, filters: given.filter((filter) => !filter.startsWith('dangling=')) });
  exchange.send(200, {
    ImagesDeleted: pruned.map(({ id }) => ({ Deleted: id })),
    SpaceReclaimed: pruned.reduce((sum, { size }) => sum + size, 0),
  });
};

/** GET /images/search */
export const search: Handler = async (exchange) => {
  const limit = exchange.number('limit');
  const found = await searchImages(exchange.text('term'), {
    transport: registryAuth(exchange),
    ...(limit ? { limit } : {}),
    filters: exchange.filters(),
  });
  exchange.send(
    200,
    found.map(({ Name, Description, Stars, Official, Automated }) => ({
      name: Name,
      description: Description,
      star_count: Stars,
      is_official: Official === '[OK]',
      is_automated: Automated === '[OK]',
    })),
  );
};

/** GET /distribution/{name}/json: what a registry has under a name. */
export const distribution: Handler = async (exchange, { engine }) => {
  const { parseImageName } = await import('../../../image/image-name.ts');
  const { parseManifest } = await import('../../../image/manifest.ts');
  const name = dockerName(engine, exchange.name);
  await using source = await parseImageName(`docker://${name}`).openSource(registryAuth(exchange));
  const raw = await source.manifest();
  const manifest = parseManifest(raw) as unknown as { manifests?: { platform?: unknown }[] };
  exchange.send(200, {
    Descriptor: { mediaType: raw.mediaType, digest: `sha256:${sha256Hex(raw.bytes)}`, size: raw.bytes.length },
    Platforms: (manifest.manifests ?? []).map(({ platform }) => platform),
  });
};
