import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ContainerEngine } from '../../../container/engine.ts';
import { ApiError, type Exchange } from '../exchange.ts';
import type { Handler } from '../route.ts';
import { bodyFile } from '../scratch.ts';
import { dockerName } from './image-names.ts';

/** POST /build: the body is a tar of the context; what the build says is streamed back. */
export const build: Handler = async (exchange, { engine, build: run }) => {
  if (exchange.text('version') === '2') throw new ApiError(400, 'BuildKit is not supported: set DOCKER_BUILDKIT=0');
  using body = await bodyFile(exchange);
  const context = join(body.directory, 'context');
  mkdirSync(context, { mode: 0o700 });
  if (exchange.text('remote') === '') {
    const { unpackArchive } = await import('../../../build/local-archive.ts');
    await unpackArchive(body.path, context, undefined);
  }
  const log = join(body.directory, 'log');
  writeFileSync(log, '');
  const argv = flagsOf(exchange, engine, context);
  await exchange.stream('application/json', async (write) => {
    using output = new Growing(log);
    const show = async () => {
      for (let text = output.read(); text !== ''; text = output.read()) await write(line({ stream: text }));
    };
    const timer = setInterval(() => void show(), 100);
    try {
      const { imageId } = await run(argv, log);
      await show();
      await write(line({ aux: { ID: `sha256:${imageId}` } }));
      await write(line({ stream: `Successfully built ${imageId.slice(0, 12)}\n` }));
      for (const tag of exchange.query.getAll('t')) await write(line({ stream: `Successfully tagged ${dockerName(engine, tag)}\n` }));
    } catch (error) {
      await show();
      const { message } = error as Error;
      await write(line({ errorDetail: { message }, error: message }));
    } finally {
      clearInterval(timer);
    }
  });
};

const line = (message: object): string => `${JSON.stringify(message)}\n`;

/** A file that another writes to the end of. */
class Growing implements Disposable {
  private readonly fd: number;
  private at = 0;
  private readonly decoder = new TextDecoder();

  constructor(path: string) {
    this.fd = openSync(path, 'r');
  }

  /** What has come since; '' where nothing has. */
  read(): string {
    const buffer = Buffer.allocUnsafe(65536);
    const size = readSync(this.fd, buffer, 0, buffer.length, this.at);
    this.at += size;
    return this.decoder.decode(buffer.subarray(0, size), { stream: true });
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

/** The parameters as flags of `build`. */
function flagsOf(exchange: Exchange, engine: ContainerEngine, context: string): string[] {
  const flags = ['--format=docker'];
  const copy = (parameter: string, name: string) => {
    const value = exchange.text(parameter);
    if (value !== '' && value !== '0') flags.push(`--${name}=${value}`);
  };
  const pairs = (parameter: string, name: string) => {
    for (const [key, value] of Object.entries(object(exchange, parameter)))
      flags.push(value === null ? `--${name}=${key}` : `--${name}=${key}=${String(value)}`);
  };
  for (const tag of exchange.query.getAll('t')) flags.push(`--tag=${dockerName(engine, tag)}`);
  const remote = exchange.text('remote');
  const file = exchange.text('dockerfile', 'Dockerfile') || 'Dockerfile';
  if (remote === '') flags.push(`--file=${join(context, posix.join('/', file))}`);
  pairs('buildargs', 'build-arg');
  pairs('labels', 'label');
  copy('target', 'target');
  copy('platform', 'platform');
  copy('memory', 'memory');
  copy('memswap', 'memory-swap');
  copy('cpushares', 'cpu-shares');
  copy('cpusetcpus', 'cpuset-cpus');
  copy('cpusetmems', 'cpuset-mems');
  copy('cpuperiod', 'cpu-period');
  copy('cpuquota', 'cpu-quota');
  copy('shmsize', 'shm-size');
  copy('networkmode', 'network');
  for (const host of exchange.text('extrahosts').split(',').filter(Boolean)) flags.push(`--add-host=${host}`);
  if (exchange.flag('nocache')) flags.push('--no-cache');
  if (exchange.flag('squash')) flags.push('--squash');
  if (['1', 'true', 'always'].includes(exchange.text('pull').toLowerCase())) flags.push('--pull=always');
  if (exchange.flag('q')) flags.push('--quiet');
  flags.push('--layers', '--', remote === '' ? context : remote);
  return flags;
}

/** @throws ApiError */
function object(exchange: Exchange, parameter: string): Record<string, unknown> {
  const text = exchange.text(parameter);
  if (text === '') return {};
  try {
    return (JSON.parse(text) as Record<string, unknown> | null) ?? {};
  } catch (error) {
    throw new ApiError(400, `failed to parse parameter ${parameter}: it is not JSON`, { cause: error });
  }
}
