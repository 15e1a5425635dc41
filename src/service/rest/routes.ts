import * as archive from './docker/archive.ts';
import { build } from './docker/build.ts';
import * as containers from './docker/container-actions.ts';
import { create as createContainer } from './docker/container-create.ts';
import { inspect as inspectContainer } from './docker/container-inspect.ts';
import { list as listContainers } from './docker/container-list.ts';
import * as streams from './docker/container-streams.ts';
import * as exec from './docker/exec.ts';
import * as transfer from './docker/image-transfer.ts';
import * as images from './docker/images.ts';
import * as networks from './docker/networks.ts';
import * as system from './docker/system.ts';
import * as volumes from './docker/volumes.ts';
import type { Handler, Route } from './route.ts';

const route = (method: string, path: string, handler: Handler): Route => ({ method, path, handler });

/** Docker's API, version 1.41. Paths that fit several patterns go to the first. */
export const routes: readonly Route[] = [
  route('GET', '/_ping', system.ping),
  route('GET', '/version', system.version),
  route('GET', '/info', system.info),
  route('POST', '/auth', system.auth),
  route('GET', '/system/df', system.diskUsage),
  route('GET', '/events', system.events),

  route('GET', '/containers/json', listContainers),
  route('POST', '/containers/create', createContainer),
  route('POST', '/containers/prune', containers.prune),
  route('GET', '/containers/{name}/json', inspectContainer),
  route('GET', '/containers/{name}/logs', streams.logs),
  route('GET', '/containers/{name}/stats', streams.stats),
  route('GET', '/containers/{name}/top', containers.top),
  route('GET', '/containers/{name}/changes', containers.changes),
  route('GET', '/containers/{name}/export', containers.exported),
  route('GET', '/containers/{name}/archive', archive.read),
  route('PUT', '/containers/{name}/archive', archive.write),
  route('POST', '/containers/{name}/attach', streams.attach),
  route('POST', '/containers/{name}/resize', streams.resize),
  route('POST', '/containers/{name}/start', containers.start),
  route('POST', '/containers/{name}/stop', containers.stop),
  route('POST', '/containers/{name}/restart', containers.restart),
  route('POST', '/containers/{name}/kill', containers.kill),
  route('POST', '/containers/{name}/pause', containers.pause),
  route('POST', '/containers/{name}/unpause', containers.unpause),
  route('POST', '/containers/{name}/rename', containers.rename),
  route('POST', '/containers/{name}/update', containers.update),
  route('POST', '/containers/{name}/wait', containers.wait),
  route('POST', '/containers/{name}/exec', exec.create),
  route('DELETE', '/containers/{name}', containers.remove),
  route('POST', '/exec/{id}/start', exec.start),
  route('POST', '/exec/{id}/resize', exec.resize),
  route('GET', '/exec/{id}/json', exec.inspect),
  route('POST', '/commit', transfer.commit),

  route('GET', '/images/json', images.list),
  route('GET', '/images/search', images.search),
  route('GET', '/images/get', transfer.save),
  route('POST', '/images/create', transfer.create),
  route('POST', '/images/load', transfer.load),
  route('POST', '/images/prune', images.prune),
  route('GET', '/images/{name}/json', images.inspect),
  route('GET', '/images/{name}/history', images.history),
  route('GET', '/images/{name}/get', transfer.save),
  route('POST', '/images/{name}/push', transfer.push),
  route('POST', '/images/{name}/tag', images.tag),
  route('DELETE', '/images/{name}', images.remove),
  route('GET', '/distribution/{name}/json', images.distribution),
  route('POST', '/build', build),

  route('GET', '/networks', networks.list),
  route('POST', '/networks/create', networks.create),
  route('POST', '/networks/prune', networks.prune),
  route('GET', '/networks/{name}', networks.inspect),
  route('DELETE', '/networks/{name}', networks.remove),
  route('POST', '/networks/{name}/connect', networks.connect),
  route('POST', '/networks/{name}/disconnect', networks.disconnect),

  route('GET', '/volumes', volumes.list),
  route('POST', '/volumes/create', volumes.create),
  route('POST', '/volumes/prune', volumes.prune),
  route('GET', '/volumes/{name}', volumes.inspect),
  route('DELETE', '/volumes/{name}', volumes.remove),
];
