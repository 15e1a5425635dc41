import { type Container, podmanStatus } from '../../../container/container.ts';
import { containerChanges } from '../../../container/diff.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import { ContainerStopped, NoStoredContainer, RuntimeFailed } from '../../../container/errors.ts';
import { exportContainer } from '../../../container/export.ts';
import { runPs } from '../../../container/host-ps.ts';
import type { OciResources } from '../../../container/oci-spec.ts';
import { parseRestartPolicy } from '../../../container/options/lifecycle.ts';
import { pauseContainer, unpauseContainer } from '../../../container/pause.ts';
import { pruneContainers } from '../../../container/prune.ts';
import { removeContainer } from '../../../container/remove.ts';
import { renameContainer } from '../../../container/rename.ts';
import { restartContainer } from '../../../container/restart.ts';
import { parseSignal } from '../../../container/signals.ts';
import { startContainer } from '../../../container/start.ts';
import { killContainer, stopContainer } from '../../../container/stop.ts';
import { syncState } from '../../../container/sync-state.ts';
import { containerTop, UnknownDescriptor } from '../../../container/top.ts';
import { updateContainer } from '../../../container/update.ts';
import { waitForContainer, waitForNextExit, waitForRemoval } from '../../../container/wait.ts';
import { ApiError, type Exchange } from '../exchange.ts';
import type { Handler } from '../route.ts';

/** A handler about one container, whose state is looked at first. */
const about =
  (work: (engine: ContainerEngine, container: Container, exchange: Exchange) => Promise<void> | void): Handler =>
  async (exchange, { engine }) => {
    const container = engine.state.lookup(exchange.name);
    syncState(engine, container);
    await work(engine, container, exchange);
  };

/** POST /containers/{name}/start; 304 where it runs already. */
export const start = about(async (engine, container, exchange) => {
  if (container.isRunning) return exchange.send(304);
  try {
    await startContainer(engine, container);
  } catch (error) {
    // Who waits for its removal would wait for ever.
    if (container.config.autoRemove) await removeContainer(engine, container, { force: true, volumes: true });
    // By these words docker's client knows its exit code.
    const why = error instanceof RuntimeFailed ? { 126: 'permission denied', 127: 'executable file not found' }[error.exitCode] : undefined;
    throw why === undefined ? error : new ApiError(400, `${(error as Error).message}: ${why}`, { cause: error });
  }
  exchange.send(204);
});

/** POST /containers/{name}/stop; 304 where it does not run. */
export const stop = about(async (engine, container, exchange) => {
  try {
    if (!container.isRunning && container.state.status !== 'created') return exchange.send(304);
    await stopContainer(engine, container, timeout(exchange));
  } catch (error) {
    if (!(error instanceof ContainerStopped)) throw error;
    return exchange.send(304);
  }
  exchange.send(204);
});

export const restart = about(async (engine, container, exchange) => {
  await restartContainer(engine, container, timeout(exchange));
  exchange.send(204);
});

/** Docker's `t`, podman's `timeout`, in seconds. */
const timeout = (exchange: Exchange): number | undefined => exchange.number('t') ?? exchange.number('timeout');

/** POST /containers/{name}/kill; as with docker the answer to SIGKILL comes when the container has ended. */
export const kill = about(async (engine, container, exchange) => {
  const signal = parseSignal(exchange.text('signal', 'KILL'));
  await killContainer(engine, container, signal);
  if (signal === 9) await waitForContainer(engine, container, []);
  exchange.send(204);
});

export const pause = about(async (engine, container, exchange) => {
  await pauseContainer(engine, container);
  exchange.send(204);
});

export const unpause = about(async (engine, container, exchange) => {
  await unpauseContainer(engine, container);
  exchange.send(204);
});

export const rename = about(async (engine, container, exchange) => {
  try {
    await renameContainer(engine, container, exchange.text('name').replace(/^\//, ''));
  } catch (error) {
    if (error instanceof Error && error.message.endsWith('container already exists'))
      throw new ApiError(409, error.message, { cause: error });
    throw error;
  }
  exchange.send(204);
});

export const remove: Handler = async (exchange, { engine }) => {
  if (exchange.flag('link')) throw new ApiError(400, 'bad parameter: link is not supported');
  const container = engine.state.find(exchange.name);
  if (container === undefined) throw new NoStoredContainer(exchange.name);
  await removeContainer(engine, container, { force: exchange.flag('force'), volumes: exchange.flag('v') });
  exchange.send(204);
};

/** POST /containers/{name}/wait; the head of the answer goes at once, so that the client knows that we watch. */
export const wait: Handler = async (exchange, { engine }) => {
  const container = engine.state.lookup(exchange.name);
  const condition = exchange.text('condition', 'not-running') || 'not-running';
  if (!['not-running', 'next-exit', 'removed'].includes(condition))
    throw new ApiError(400, `failed to parse query parameter 'condition': ${JSON.stringify(condition)}: not a valid docker condition`);
  await exchange.stream('application/json', async (write, gone) => {
    const waiting =
      condition === 'not-running'
        ? waitForContainer(engine, container, [], gone)
        : condition === 'removed'
          ? waitForRemoval(engine, container, gone)
          : waitForNextExit(engine, container, gone);
    let answer: unknown;
    try {
      answer = { StatusCode: await waiting, Error: null };
    } catch (error) {
      answer = { StatusCode: -1, Error: { Message: (error as Error).message } };
    }
    await write(`${JSON.stringify(answer)}\n`);
  });
};

/** GET /containers/{name}/top: `ps_args` are podman's descriptors, else arguments of ps(1). */
export const top = about(async (engine, container, exchange) => {
  if (podmanStatus(container.state.status) !== 'running') throw new ApiError(409, `Container ${exchange.name} is not running`);
  const wanted = exchange.text('ps_args', '-ef');
  try {
    const { headings, rows } = containerTop(container, wanted.split(/[,\s]+/).filter(Boolean));
    exchange.send(200, { Processes: rows.map((row) => row.map((cell) => cell.trim())), Titles: headings });
  } catch (error) {
    if (!(error instanceof UnknownDescriptor)) throw error;
    const [head = '', ...lines] = (await runPs(engine, container, [wanted])).filter((line) => line.trim() !== '');
    const titles = head.trim().split(/\s+/);
    // The last column is a command, with blanks in it.
    const columns = new RegExp(`^((?:\\S+\\s+){${titles.length - 1}})(.*)$`);
    const rows = lines.map((line) => {
      const [, front = '', command = ''] = columns.exec(line.trim()) ?? [];
      return [...front.trim().split(/\s+/), command.trim()];
    });
    exchange.send(200, { Processes: rows, Titles: titles });
  }
});

const kinds = { C: 0, A: 1, D: 2 } as const;

/** GET /containers/{name}/changes */
export const changes = about(async (engine, container, exchange) => {
  const found = await containerChanges(engine, container);
  exchange.send(
    200,
    found.map(({ kind, path }) => ({ Kind: kinds[kind], Path: path })),
  );
});

export const exported = about(async (engine, container, exchange) => {
  await exchange.stream('application/x-tar', async (write) => {
    for await (const chunk of exportContainer(engine, container)) await write(chunk);
  });
});

export const prune: Handler = async (exchange, { engine }) => {
  const reports = await pruneContainers(engine, exchange.filters());
  exchange.send(200, {
    ContainersDeleted: orNull(reports.flatMap(({ id, error }) => (error ? [] : [id]))),
    SpaceReclaimed: reports.reduce((sum, { size, error }) => (error ? sum : sum + size), 0),
  });
};

/** An empty list of Go's. */
export const orNull = <T>(list: T[]): T[] | null => (list.length > 0 ? list : null);

interface UpdateBody {
  CpuShares: number;
  CpuPeriod: number;
  CpuQuota: number;
  CpuRealtimePeriod: number;
  CpuRealtimeRuntime: number;
  CpusetCpus: string;
  CpusetMems: string;
  NanoCpus: number;
  Memory: number;
  MemorySwap: number;
  MemoryReservation: number;
  BlkioWeight: number;
  PidsLimit: number;
  RestartPolicy: { Name: string; MaximumRetryCount: number };
}

/** POST /containers/{name}/update */
export const update = about(async (engine, container, exchange) => {
  const body = await exchange.json<UpdateBody>();
  const { RestartPolicy: policy } = body;
  const resources = resourcesOf(body);
  await updateContainer(engine, container, {
    ...(resources ? { resources } : {}),
    ...(policy?.Name
      ? { restart: parseRestartPolicy(policy.Name === 'on-failure' ? `on-failure:${policy.MaximumRetryCount}` : policy.Name) }
      : {}),
  });
  exchange.send(200, { Warnings: null });
});

function resourcesOf(body: Partial<UpdateBody>): OciResources | undefined {
  const cpu = given({
    shares: body.CpuShares,
    period: body.NanoCpus ? 100_000 : body.CpuPeriod,
    quota: body.NanoCpus ? Math.trunc(body.NanoCpus / 10_000) : body.CpuQuota,
    realtimePeriod: body.CpuRealtimePeriod,
    realtimeRuntime: body.CpuRealtimeRuntime,
    cpus: body.CpusetCpus,
    mems: body.CpusetMems,
  });
  const memory = given({ limit: body.Memory, swap: body.MemorySwap, reservation: body.MemoryReservation });
  const resources: OciResources = {
    ...(cpu ? { cpu } : {}),
    ...(memory ? { memory } : {}),
    ...(body.BlkioWeight ? { blockIO: { weight: body.BlkioWeight } } : {}),
    ...(body.PidsLimit ? { pids: { limit: body.PidsLimit } } : {}),
  };
  return Object.keys(resources).length > 0 ? resources : undefined;
}

/** Docker sends zero and empty texts for what is to stay. */
function given<T extends object>(values: T): Partial<T> | undefined {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== 0 && value !== '' && value !== null);
  return kept.length > 0 ? (Object.fromEntries(kept) as Partial<T>) : undefined;
}
