import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitContainer } from '../../../container/commit.ts';
import type { CopyProgress } from '../../../image/copy.ts';
import { ImageNotKnown } from '../../../image/image-errors.ts';
import { parseReference } from '../../../image/reference.ts';
import { ApiError, type Exchange, type Write } from '../exchange.ts';
import type { Handler, Service } from '../route.ts';
import { bodyFile, scratchDirectory } from '../scratch.ts';
import { dockerName, withTag } from './image-names.ts';
import { registryAuth } from './registry-auth.ts';

/** POST /images/create: a pull, or with `fromSrc` an import. */
export const create: Handler = async (exchange, service) => {
  const from = exchange.text('fromImage');
  if (from === '') return await importImage(exchange, service);
  const { engine } = service;
  const name = dockerName(engine, withTag(from, exchange.text('tag')));
  const auth = registryAuth(exchange, registryOf(name));
  const [os, architecture, variant] = exchange.text('platform').split('/');
  const retries = exchange.number('retry');
  const pull = async (write: Write, gone: AbortSignal) => {
    const tell = progressTo(write, {
      start: 'Pulling fs layer',
      bytes: 'Downloading',
      copied: 'Download complete',
      skipped: 'Already exists',
    });
    try {
      const [image] = await engine.images.pull(name, {
        ...auth,
        policy: 'always',
        ...(os ? { platform: { os, ...(architecture ? { architecture } : {}), ...(variant ? { variant } : {}) } } : {}),
        ...(retries === undefined ? {} : { retries }),
        onProgress: tell,
        signal: gone,
      });
      await write(line({ status: 'Pull complete', id: image?.id.slice(0, 12) ?? '' }));
      await write(line({ status: `Digest: ${image?.digest ?? ''}` }));
      await write(line({ status: 'Download complete', id: image?.id ?? '' }));
    } catch (error) {
      if (!exchange.isAnswered) throw error;
      await write(failure(error));
    }
  };
  await exchange.stream('application/json', pull, true);
};

function registryOf(name: string): string | undefined {
  try {
    return parseReference(name).domain;
  } catch {
    return undefined;
  }
}

const line = (message: object): string => `${JSON.stringify(message)}\n`;

/** An error in the midst of an answer: the status code has gone already. */
const failure = (error: unknown): string => {
  const message = (error as Error).message;
  return line({ errorDetail: { message }, error: message });
};

/** Shows what a copy does as docker's client draws it. */
function progressTo(write: Write, texts: { start: string; bytes: string; copied: string; skipped: string }) {
  const shown = new Map<string, number>();
  return (event: CopyProgress): void => {
    if (event.kind === 'text' || event.kind === 'unpacked') return;
    const id = event.digest.slice(7, 19);
    if (event.kind === 'start') void write(line({ status: texts.start, progressDetail: {}, id }));
    else if (event.kind === 'end') void write(line({ status: texts[event.outcome], progressDetail: {}, id }));
    else {
      // Four times a second is enough for an eye.
      const now = Date.now();
      if (now - (shown.get(id) ?? 0) < 250) return;
      shown.set(id, now);
      void write(line({ status: texts.bytes, progressDetail: { current: event.done, total: event.size }, id }));
    }
  };
}

async function importImage(exchange: Exchange, { engine }: Service): Promise<void> {
  using body = await bodyFile(exchange);
  const source = exchange.text('fromSrc', '-');
  const repository = exchange.text('repo');
  const [os, architecture] = exchange.text('platform').split('/');
  const id = await engine.images.import(source === '-' ? body.path : source, {
    changes: exchange.query.getAll('changes'),
    ...(exchange.text('message') === '' ? {} : { message: exchange.text('message') }),
    ...(repository === '' ? {} : { tag: dockerName(engine, withTag(repository, exchange.text('tag'))) }),
    ...(os ? { os } : {}),
    ...(architecture ? { architecture } : {}),
  });
  exchange.send(200, { status: id, progress: '', progressDetail: {}, id });
}

/** POST /images/{name}/push */
export const push: Handler = async (exchange, { engine }) => {
  const given = withTag(exchange.name, exchange.text('tag'));
  const name = dockerName(engine, given);
  let size: number;
  try {
    size = engine.images.lookup(name, { manifestList: true }).manifest().bytes.length;
  } catch (error) {
    if (!(error instanceof ImageNotKnown)) throw error;
    throw new ApiError(404, `failed to find image ${name}: ${error.message}`, { cause: error });
  }
  const auth = registryAuth(exchange, registryOf(name));
  await exchange.stream('application/json', async (write, gone) => {
    await write(line({ status: `The push refers to repository [${name}]` }));
    const onProgress = progressTo(write, { start: 'Preparing', bytes: 'Pushing', copied: 'Pushed', skipped: 'Layer already exists' });
    try {
      const digest = await engine.images.push(name, `docker://${exchange.text('destination', name)}`, {
        ...auth,
        onProgress,
        signal: gone,
      });
      const tag = exchange.text('tag') || 'latest';
      await write(line({ status: `${tag}: digest: ${digest} size: ${size}` }));
      await write(line({ progressDetail: {}, aux: { Tag: tag, Digest: digest, Size: size } }));
    } catch (error) {
      await write(failure(error));
    }
  });
};

/** POST /images/load */
export const load: Handler = async (exchange, { engine }) => {
  using body = await bodyFile(exchange);
  const names = await engine.images.load(body.path);
  exchange.send(200, { stream: `Loaded image: ${names.join(',')}` });
};

/** GET /images/{name}/get and /images/get?names=… */
export const save: Handler = async (exchange, { engine }) => {
  const given = exchange.name === '' ? exchange.query.getAll('names').flatMap((names) => names.split(',')) : [exchange.name];
  if (given.length === 0) throw new ApiError(400, 'no images to download');
  const names = given.map((name) => dockerName(engine, name));
  for (const name of names) engine.images.lookup(name);
  using scratch = scratchDirectory();
  const path = join(scratch.path, 'images.tar');
  await engine.images.save(names, path, { format: 'docker-archive' });
  await exchange.stream('application/x-tar', async (write) => {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) await write(chunk as Uint8Array);
  });
};

/** POST /commit */
export const commit: Handler = async (exchange, { engine }) => {
  const container = engine.state.lookup(exchange.text('container'));
  const repository = exchange.text('repo');
  const config = await exchange.json();
  using scratch = scratchDirectory();
  const configFile = Object.keys(config).length === 0 ? undefined : join(scratch.path, 'config.json');
  if (configFile) writeFileSync(configFile, JSON.stringify(config));
  const { id } = await commitContainer(engine, container, {
    changes: exchange.query
      .getAll('changes')
      .flatMap((changes) => changes.split('\n'))
      .filter(Boolean),
    format: 'docker',
    author: exchange.text('author'),
    message: exchange.text('comment'),
    pause: exchange.flag('pause', true),
    squash: exchange.flag('squash'),
    ...(repository === '' ? {} : { name: dockerName(engine, withTag(repository, exchange.text('tag', 'latest') || 'latest')) }),
    ...(configFile ? { configFile } : {}),
  });
  exchange.send(201, { Id: id });
};
