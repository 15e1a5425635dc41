import { parseEnd, parsePointInTime } from '../config/point-in-time.ts';
import type { Container } from '../container/container.ts';
import type { ContainerEngine } from '../container/engine.ts';
import { checkReadable, readLog } from '../container/logs.ts';
import { SelkieError } from '../errors.ts';
import type { Parsed } from './flag.ts';
import type { logFlags } from './flags/logs.ts';
import { type LogLineFormat, renderLogLine } from './output/log-line.ts';
import { writeError, writeOut } from './streams.ts';

/** Prints the logs of containers one after the other, or all at once when they are followed. @throws SelkieError */
export async function showLogs(engine: ContainerEngine, containers: readonly Container[], flags: Parsed<typeof logFlags>): Promise<void> {
  const options = {
    follow: flags.follow,
    tail: flags.tail,
    since: instant(flags.since, 'since'),
    until: instant(flags.until, 'until'),
  };
  for (const container of containers) checkReadable(container, flags.follow, engine.events.backend);
  const several = containers.length > 1;
  const show = (container: Container, at: number): Promise<void> =>
    showOne(engine, container, options, {
      prefix: several ? `${flags.names ? container.name : container.id.slice(0, 12)} ` : '',
      timestamps: flags.timestamps,
      color: flags.color ? at : undefined,
    });
  if (flags.follow) await Promise.all(containers.map(show));
  else for (const [at, container] of containers.entries()) await show(container, at);
}

async function showOne(
  engine: ContainerEngine,
  container: Container,
  options: Parameters<typeof readLog>[2],
  format: LogLineFormat,
): Promise<void> {
  for await (const lines of readLog(engine, container, options)) {
    let held: Uint8Array[] = [];
    const flush = (device: string): void => {
      if (held.length === 0) return;
      const bytes = Buffer.concat(held);
      held = [];
      if (device === 'stdout') writeOut(bytes);
      else writeError(bytes);
    };
    let device = '';
    for (const line of lines) {
      if (line.device !== device) flush(device);
      device = line.device;
      held.push(renderLogLine(line, format));
    }
    flush(device);
  }
}

function instant(text: string, flagName: string): bigint | undefined {
  if (text === '') return undefined;
  try {
    return flagName === 'until' ? parseEnd(text) : parsePointInTime(text);
  } catch (error) {
    throw new SelkieError(`parsing --${flagName} ${JSON.stringify(text)}: unable to interpret time value`, { cause: error });
  }
}
