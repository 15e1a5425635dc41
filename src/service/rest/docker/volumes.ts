import { volumesOf } from '../../../container/container-volumes.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { listVolumes, makeVolume, pruneVolumes, removeVolume } from '../../../container/volume-use.ts';
import type { VolumeRecord } from '../../../volume/volume.ts';
import type { Handler } from '../route.ts';
import { orNull } from './container-actions.ts';

const shown = ({ name, driver, mountPoint, created, labels, options }: VolumeRecord): object => ({
  CreatedAt: created,
  Driver: driver,
  Labels: labels,
  Mountpoint: mountPoint,
  Name: name,
  Options: options,
  Scope: 'local',
});

/** GET /volumes */
export const list: Handler = (exchange, { engine }) => {
  exchange.send(200, { Volumes: listVolumes(engine, exchange.filters()).map(shown), Warnings: [] });
};

/** GET /volumes/{name} */
export const inspect: Handler = (exchange, { engine }) => {
  exchange.send(200, shown(volumesOf(engine).lookup(exchange.name)));
};

interface CreateBody {
  Name: string;
  Driver: string;
  DriverOpts: Record<string, string> | null;
  Labels: Record<string, string> | null;
}

/** POST /volumes/create; one that is there already is the answer, as with docker. */
export const create: Handler = async (exchange, { engine }) => {
  const body = await exchange.json<CreateBody>();
  const volume = makeVolume(
    engine,
    {
      ...(body.Name ? { name: body.Name } : {}),
      driver: body.Driver || 'local',
      labels: body.Labels ?? {},
      options: body.DriverOpts ?? {},
    },
    true,
  );
  exchange.send(201, shown(volume));
};

/** DELETE /volumes/{name}; 409 where it is used, unless by force. */
export const remove: Handler = async (exchange, { engine }) => {
  const force = exchange.flag('force');
  if (!force || isThere(engine, exchange.name)) await removeVolume(engine, exchange.name, { force });
  exchange.send(204);
};

function isThere(engine: ContainerEngine, name: string): boolean {
  return volumesOf(engine).get(name) !== undefined;
}

/** POST /volumes/prune: those without a name, all with the filter `all=true`. */
export const prune: Handler = async (exchange, { engine }) => {
  const pruned = await pruneVolumes(engine, exchange.filters());
  exchange.send(200, {
    VolumesDeleted: orNull(pruned.flatMap(({ name, error }) => (error ? [] : [name]))),
    SpaceReclaimed: pruned.reduce((sum, { size, error }) => (error ? sum : sum + size), 0),
  });
};
