import { retimeTar, type TarTimes } from '../archive/retime-tar.ts';
import { SelkieError } from '../errors.ts';
import { formatInstant } from '../image/instant.ts';

/** What a build is told of times; without either of them an image is of now. */
export interface ImageTimes {
  /** For the image, its history and all that is in new layers. */
  timestamp?: Date;
  /** For the image and its history only … */
  sourceDateEpoch?: Date;
  /** … and the latest time in new layers. */
  rewrite: boolean;
}

/** @throws SelkieError when both times are given */
export function checkTimes({ timestamp, sourceDateEpoch }: ImageTimes): void {
  if (timestamp && sourceDateEpoch) throw new SelkieError('timestamp and source-date-epoch would be ambiguous if allowed together');
}

/** The time was given: then nothing of the image may tell of the machine or the moment. */
export const isTimeFixed = ({ timestamp, sourceDateEpoch }: ImageTimes): boolean => (sourceDateEpoch ?? timestamp) !== undefined;

/** When the image was made, as Go prints times. */
export const createdTime = ({ timestamp, sourceDateEpoch }: ImageTimes): string => goTime(sourceDateEpoch ?? timestamp ?? new Date());

export const goTime = (time: Date): string => formatInstant(BigInt(time.getTime()) * 1_000_000n);

/** A layer's tar with the times that it is to have. */
export function withTimes(tar: AsyncIterable<Uint8Array>, times: ImageTimes): AsyncIterable<Uint8Array> {
  const wanted: TarTimes = {};
  if (times.timestamp) wanted.exact = seconds(times.timestamp);
  if (times.sourceDateEpoch && times.rewrite) wanted.latest = seconds(times.sourceDateEpoch);
  return Object.keys(wanted).length === 0 ? tar : retimeTar(tar, wanted);
}

/** How times in layers are changed, as the history notes it: a step with other times is another step. */
export function timesMark({ timestamp, sourceDateEpoch, rewrite }: ImageTimes): string {
  if (timestamp) return `|force-mtime=${seconds(timestamp)}`;
  return sourceDateEpoch && rewrite ? `|clamp-mtime=${seconds(sourceDateEpoch)}` : '';
}

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);
