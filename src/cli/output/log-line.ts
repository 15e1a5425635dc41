import type { LogLine } from '../../container/log-line.ts';

export interface LogLineFormat {
  /** Name or short ID before each line, where several containers are shown. */
  prefix: string;
  timestamps: boolean;
  /** Number of the container, for its colour; undefined without colours. */
  color?: number;
}

const colors = ['\x1b[37m', '\x1b[31m', '\x1b[33m', '\x1b[34m', '\x1b[35m', '\x1b[36m', '\x1b[32m'];
const reset = Buffer.from('\x1b[0m');
const lineEnd = Buffer.from('\n');
const nothing = Buffer.alloc(0);

/** A log line as `logs` prints it; the bytes of the container are left as they are. */
export function renderLogLine(line: LogLine, format: LogLineFormat): Uint8Array {
  const { color } = format;
  const begin = color === undefined ? '' : colors[color % colors.length]!;
  const time = format.timestamps ? `${line.time.replace(/\+00:00$/, 'Z')} ` : '';
  const head = `${begin}${format.prefix}${time}`;
  if (head === '' && line.partial) return line.message;
  return Buffer.concat([Buffer.from(head), line.message, color === undefined ? nothing : reset, line.partial ? nothing : lineEnd]);
}
