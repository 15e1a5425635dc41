import { copyFiles } from '../../../container/copy.ts';
import { statInContainer } from '../../../container/path-stat.ts';
import { ApiError, type Exchange } from '../exchange.ts';
import type { Handler } from '../route.ts';

/** GET and HEAD /containers/{name}/archive: a path of the container as a tar, with what it is in a header. */
export const read: Handler = async (exchange, { engine }) => {
  const container = engine.state.lookup(exchange.name);
  const path = pathOf(exchange);
  const stat = statInContainer(engine, container, path);
  if (stat === undefined) throw new ApiError(404, 'no such file or directory');
  const header = { 'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(stat)).toString('base64') };
  if (exchange.request.method === 'HEAD') {
    exchange.send(200, '', header);
    return;
  }
  exchange.header(header);
  await exchange.stream('application/x-tar', async (write) => {
    await copyFiles(engine, { container, path }, { path: '-' }, { chown: false, overwrite: true, stdout: write });
  });
};

/** PUT /containers/{name}/archive: unpacks a tar into a directory of the container. */
export const write: Handler = async (exchange, { engine }) => {
  const container = engine.state.lookup(exchange.name);
  await copyFiles(
    engine,
    { path: '-' },
    { container, path: pathOf(exchange) },
    { chown: exchange.flag('copyUIDGID'), overwrite: !exchange.flag('noOverwriteDirNonDir'), stdin: exchange.body() },
  );
  exchange.send(200, '');
};

function pathOf(exchange: Exchange): string {
  const path = exchange.text('path');
  if (path === '') throw new ApiError(400, 'missing `path` parameter');
  return path;
}
