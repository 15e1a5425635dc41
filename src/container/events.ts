import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reportError } from '../diagnostics.ts';
import type { ImageEvent } from '../image/image-events.ts';
import { formatInstant } from '../image/instant.ts';
import { LockFile } from '../os/locks.ts';
import { nowText } from './clock.ts';
import type { Container } from './container.ts';
import type { ContainerEngine } from './engine.ts';

/** One line of podman's events.log, keys in its order. */
export interface PodmanEvent {
  ContainerExitCode?: number;
  OOMKilled?: boolean;
  ID?: string;
  Image?: string;
  Name?: string;
  network?: string;
  Status: string;
  Time: string;
  Type: string;
  health_status?: string;
  health_log?: string;
  health_failing_streak?: number;
  error?: string;
  ContainerInspectData?: string;
  PodID?: string;
  Attributes: Record<string, string> | null;
}

/** The journal's code is loaded only where it is the backend. */
function writeEventToJournal(event: PodmanEvent): void {
  const { writeJournalEvent } = require('./journal-events.ts') as typeof import('./journal-events.ts');
  writeJournalEvent(event);
}

export interface ContainerEventFacts {
  exitCode?: number;
  oomKilled?: boolean;
  healthStatus?: string;
  healthLog?: string;
  healthFailingStreak?: number;
  inspectData?: string;
}

/**
 * The event log that podman and selkie share: JSON lines in `events/events.log`, guarded by `events.log.lock`, cut in half at its
 * maximal size. Writing never fails a command. With the backend
 * `journald` events go to systemd's journal, with `none` nowhere.
 */
export class EventLog {
  private madeDirectory = false;

  constructor(
    readonly backend: string,
    readonly path: string,
    private readonly maxSize: number,
  ) {}

  static forEngine(engine: ContainerEngine): EventLog {
    const { conf, globals, paths } = engine;
    return new EventLog(globals.eventsBackend || conf.engine.events_logger, paths.eventsLog, Number(conf.engine.events_logfile_max_size));
  }

  writeContainerEvent(container: Container, status: string, facts: ContainerEventFacts = {}): void {
    const { config } = container;
    this.write({
      ContainerExitCode: facts.exitCode,
      OOMKilled: facts.oomKilled ? true : undefined,
      ID: config.id,
      Image: config.image.name || undefined,
      Name: config.name,
      Status: status,
      Time: nowText(),
      Type: 'container',
      health_status: facts.healthStatus || undefined,
      health_log: facts.healthLog || undefined,
      health_failing_streak: facts.healthFailingStreak || undefined,
      ContainerInspectData: facts.inspectData || undefined,
      PodID: config.pod || undefined,
      Attributes: config.labels,
    });
  }

  writeImageEvent(event: ImageEvent): void {
    this.write({
      ID: event.id || undefined,
      Name: event.name || undefined,
      Status: event.type,
      Time: formatInstant(BigInt(event.time.getTime()) * 1_000_000n),
      Type: 'image',
      error: event.error,
      Attributes: null,
    });
  }

  /** @param container of connect and disconnect */
  writeNetworkEvent(status: string, network: { name: string; id: string; driver: string }, container?: string): void {
    this.writeEvent('network', status, {
      ID: container ?? network.id,
      network: network.name,
      Attributes: container === undefined ? { driver: network.driver } : undefined,
    });
  }

  /** An event of any other kind: volumes, networks, pods, secrets, the system. */
  writeEvent(type: string, status: string, facts: Partial<PodmanEvent> = {}): void {
    const { ID, Image, Name, network, error, PodID, Attributes } = facts;
    this.write({ ID, Image, Name, network, Status: status, Time: nowText(), Type: type, error, PodID, Attributes: Attributes ?? null });
  }

  private write(event: PodmanEvent): void {
    if (this.backend === 'none' || this.backend === 'null') return;
    try {
      if (this.backend === 'journald') writeEventToJournal(event);
      else this.append(JSON.stringify(event));
    } catch (error) {
      reportError(`Unable to write ${event.Type} event: "${(error as Error).message}"`);
    }
  }

  /** Makes the log, so that it can be read and watched. */
  prepare(): void {
    if (this.madeDirectory || existsSync(this.path)) return;
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    appendFileSync(this.path, '', { mode: 0o600 });
    this.madeDirectory = true;
  }

  private append(line: string): void {
    this.prepare();
    const lock = new LockFile(`${this.path}.lock`);
    lock.lockExclusive();
    try {
      this.cutIfFull(line.length);
      appendFileSync(this.path, `${line}\n`, { mode: 0o700 });
    } finally {
      lock.unlock();
      lock.close();
    }
  }

  /** Keeps the newer half between two marks, by which a follower knows what it has seen already. */
  private cutIfFull(length: number): void {
    if (this.maxSize <= 0) return;
    const size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    if (size + length < this.maxSize) return;
    const content = readFileSync(this.path);
    const newline = content.indexOf(10, content.length >> 1);
    const kept = newline < 0 ? Buffer.alloc(0) : content.subarray(newline + 1);
    const temporary = `${this.path}.${process.pid}`;
    try {
      writeFileSync(temporary, Buffer.concat([Buffer.from(this.mark('begin')), kept, Buffer.from(this.mark('end'))]), { mode: 0o600 });
      renameSync(temporary, this.path);
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  private mark(which: 'begin' | 'end'): string {
    const event = {
      Name: this.path,
      Status: 'log-rotation',
      Time: nowText(),
      Type: 'system',
      Attributes: { 'io.podman.event.rotate': which },
    };
    return `${JSON.stringify(event)}\n`;
  }
}
