import { parsePointInTime } from '../../../config/point-in-time.ts';
import { attachToConmon, resizeTerminal } from '../../../container/attach.ts';
import type { Container } from '../../../container/container.ts';
import { parseDetachKeys } from '../../../container/detach-keys.ts';
import type { ContainerEngine } from '../../../container/engine.ts';
import type { LogLine, LogOptions } from '../../../container/log-line.ts';
import { readLog } from '../../../container/logs.ts';
import { initOnly } from '../../../container/start.ts';
import { type ContainerStats, idleStats, readStats } from '../../../container/stats.ts';
import { syncState } from '../../../container/sync-state.ts';
import { debug } from '../../../diagnostics.ts';
import { SelkieError } from '../../../errors.ts';
import { formatInstant } from '../../../image/instant.ts';
import { ApiError, type Exchange } from '../exchange.ts';
import type { Handler } from '../route.ts';
import { frame, multiplexedStream, rawStream, sinks } from './frames.ts';

/** POST /containers/{name}/attach. What is not started yet is made ready, so that nothing of its output is missed. */
export const attach: Handler = async (exchange, { engine }) => {
  const container = engine.state.lookup(exchange.name);
  const { tty, stdin: keepsStdin } = container.config;
  const wants = { stdin: exchange.flag('stdin'), stdout: exchange.flag('stdout'), stderr: exchange.flag('stderr') };
  const [streams, logs] = [exchange.flag('stream'), exchange.flag('logs')];
  if (!streams && !logs) throw new ApiError(400, 'at least one of Logs or Stream must be set');
  if (!wants.stdin && !wants.stdout && !wants.stderr) throw new ApiError(400, 'at least one of stdin, stdout, stderr must be true');
  const keys = exchange.text('detachKeys') || engine.conf.engine.detach_keys;
  syncState(engine, container);
  const { status } = container.state;
  if (!['configured', 'created', 'running', 'exited', 'stopped'].includes(status)) {
    throw new ApiError(409, `can only attach to created or running containers - currently in state ${status}: container state improper`);
  }
  const isReady = status === 'running' || status === 'created' || (await isMadeReady(engine, container));
  const connection = exchange.hijack(tty ? rawStream : multiplexedStream);
  // Why it cannot be started is for the start to say.
  if (!isReady) return connection.end();
  const out = sinks(connection, tty, wants);
  try {
    if (logs) {
      for await (const lines of readLog(engine, container))
        for (const line of lines) await (line.device === 'stdout' ? out.stdout : out.stderr)?.(text(line));
    }
    if (streams) {
      using attachment = attachToConmon(container.config.staticDir, {
        ...out,
        ...(wants.stdin && keepsStdin ? { stdin: connection.input } : {}),
        detachKeys: tty ? parseDetachKeys(keys) : [],
      });
      engine.events.writeContainerEvent(container, 'attach');
      if (wants.stdin && keepsStdin) attachment.forwardInput();
      await attachment.end;
    }
  } finally {
    connection.end();
  }
};

async function isMadeReady(engine: ContainerEngine, container: Container): Promise<boolean> {
  try {
    await initOnly(engine, container);
    return true;
  } catch (error) {
    if (!(error instanceof SelkieError)) throw error;
    debug(`Unable to prepare container ${container.id}: ${error.message}`);
    return false;
  }
}

const text = ({ message, partial }: LogLine): Uint8Array => (partial ? message : Buffer.concat([message, newline]));
const newline = Buffer.from('\n');

/** POST /containers/{name}/resize */
export const resize: Handler = (exchange, { engine }) => {
  const container = engine.state.lookup(exchange.name);
  syncState(engine, container);
  if (!container.isRunning && container.state.status !== 'created') throw new ApiError(409, `container ${container.id} is not running`);
  resizeTerminal(container.config.staticDir, exchange.number('h') ?? 0, exchange.number('w') ?? 0);
  exchange.send(200, '');
};

/** GET /containers/{name}/logs */
export const logs: Handler = async (exchange, { engine }) => {
  const wants = { stdout: exchange.flag('stdout'), stderr: exchange.flag('stderr') };
  if (!wants.stdout && !wants.stderr)
    throw new ApiError(400, `Bad Request: you must choose at least one stream for ${exchange.request.url}`);
  const container = engine.state.lookup(exchange.name);
  const stamped = exchange.flag('timestamps');
  const tail = exchange.text('tail', 'all');
  const options: LogOptions = {
    follow: exchange.flag('follow'),
    ...(tail === 'all' || tail === '' ? {} : { tail: Number(tail) }),
    ...instant(exchange, 'since'),
    ...instant(exchange, 'until'),
  };
  const { tty } = container.config;
  await exchange.stream(tty ? rawStream : multiplexedStream, async (write, gone) => {
    let begins = true;
    for await (const lines of readLog(engine, container, { ...options, signal: gone })) {
      for (const line of lines) {
        const shown = stamped && begins ? Buffer.concat([Buffer.from(`${line.time} `), text(line)]) : text(line);
        begins = !line.partial;
        if (wants[line.device]) await write(tty ? shown : frame(line.device, shown));
      }
    }
  });
};

/** Seconds since 1970, with a fraction, or a time; zero means none. */
function instant(exchange: Exchange, key: 'since' | 'until'): LogOptions {
  const given = exchange.text(key);
  if (given === '' || given === '0') return {};
  try {
    return { [key]: parsePointInTime(given) };
  } catch (error) {
    throw new ApiError(400, (error as Error).message, { cause: error });
  }
}

/** GET /containers/{name}/stats: a reading, or one each second. */
export const stats: Handler = async (exchange, { engine }) => {
  const container = engine.state.lookup(exchange.name);
  const streams = exchange.flag('stream', true);
  if (!streams) {
    const once = exchange.flag('one-shot');
    let before: ContainerStats | undefined;
    if (!once && isUp(engine, container)) {
      before = readStats(container);
      await Bun.sleep(1000);
    }
    exchange.send(200, reading(engine, container, before));
    return;
  }
  await exchange.stream('application/json', async (write, gone) => {
    let before: ContainerStats | undefined;
    while (!gone.aborted && engine.state.refresh(container)) {
      await write(`${JSON.stringify(reading(engine, container, before))}\n`);
      before = isUp(engine, container) ? readStats(container) : undefined;
      if (before === undefined) return;
      await Bun.sleep(1000);
    }
  });
};

function isUp(engine: ContainerEngine, container: Container): boolean {
  syncState(engine, container);
  return container.state.status === 'running';
}

function reading(engine: ContainerEngine, container: Container, before?: ContainerStats): object {
  const now = isUp(engine, container) ? readStats(container) : idleStats(container);
  const cpus = navigator.hardwareConcurrency;
  const cpu = (one: ContainerStats) => ({
    cpu_usage: {
      total_usage: Number(one.cpuNanoseconds),
      percpu_usage: null,
      usage_in_kernelmode: 0,
      usage_in_usermode: Number(one.cpuNanoseconds),
    },
    // The client divides by it: the time of all processors in the same span.
    system_cpu_usage: Number(one.time) * cpus,
    online_cpus: cpus,
    cpu: one.cpu,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  });
  return {
    read: formatInstant(now.time),
    preread: before === undefined ? '0001-01-01T00:00:00Z' : formatInstant(before.time),
    pids_stats: { current: now.pids },
    blkio_stats: {
      io_service_bytes_recursive: [
        { major: 0, minor: 0, op: 'read', value: now.blockInput },
        { major: 0, minor: 0, op: 'write', value: now.blockOutput },
      ],
      io_serviced_recursive: null,
      io_queue_recursive: null,
      io_service_time_recursive: null,
      io_wait_time_recursive: null,
      io_merged_recursive: null,
      io_time_recursive: null,
      sectors_recursive: null,
    },
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpu(now),
    precpu_stats:
      before === undefined
        ? {
            cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
            throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
          }
        : cpu(before),
    memory_stats: { usage: now.memory, max_usage: now.memory, limit: now.memoryLimit },
    name: `/${container.name}`,
    Id: container.id,
    networks: {
      eth0: {
        rx_bytes: now.netInput,
        rx_packets: 0,
        rx_errors: 0,
        rx_dropped: 0,
        tx_bytes: now.netOutput,
        tx_packets: 0,
        tx_errors: 0,
        tx_dropped: 0,
      },
    },
  };
}
