import { readFileSync } from 'node:fs';
import { SelkieError } from '../../errors.ts';

/** How long CRIU's steps took, in microseconds, and how many pages it had; podman's keys, none for what is zero. */
export type CriuStatistics = Record<string, number>;

const dumpFields = ['', 'freezing_time', 'frozen_time', 'memdump_time', 'memwrite_time', 'pages_scanned', '', 'pages_written'];
const restoreFields = ['', 'pages_compared', 'pages_skipped_cow', 'forking_time', 'restore_time', 'pages_restored'];

/** Two magic numbers and a length come before the message. */
const HEADER = 12;

/**
 * What CRIU wrote of a dump (`stats-dump`) or a restore (`stats-restore`). Format: criu/images/stats.proto, a protobuf message with
 * one message of numbers for each.  @throws SelkieError
 */
export function readStatistics(path: string, kind: 'dump' | 'restore'): CriuStatistics {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const doing = kind === 'dump' ? 'checkpointing' : 'restore';
    throw new SelkieError(`displaying ${doing} statistics not possible: open ${path}: no such file or directory`, { cause });
  }
  const names = kind === 'dump' ? dumpFields : restoreFields;
  const wanted = kind === 'dump' ? 1 : 2;
  const found: CriuStatistics = {};
  for (const { field, value } of messageFields(bytes.subarray(HEADER))) {
    if (field !== wanted || typeof value === 'number') continue;
    for (const inner of messageFields(value)) {
      const name = names[inner.field];
      if (name && typeof inner.value === 'number' && inner.value !== 0) found[name] = inner.value;
    }
  }
  return Object.fromEntries(names.flatMap((name) => (found[name] === undefined ? [] : [[name, found[name]]])));
}

/** Fields of a protobuf message that are numbers or messages; whatever else there is ends it. */
function* messageFields(bytes: Uint8Array): Generator<{ field: number; value: number | Uint8Array }> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = varint();
    const kind = key % 8;
    if (kind !== 0 && kind !== 2) return;
    const number = varint();
    const value = kind === 0 ? number : bytes.subarray(at, at + number);
    if (kind === 2) at += number;
    yield { field: Math.floor(key / 8), value };
  }
}
