import type { CopyProgress } from '../../image/copy.ts';
import { isTerminal } from '../is-terminal.ts';
import { writeError, writeOut } from '../streams.ts';

/** Shows a copy as the field's tools do: a line for each step, on a terminal with bars that grow: `=` what has come, `#` what is unpacked. */
export function copyProgress(options: { quiet?: boolean; stdout?: boolean } = {}): ((event: CopyProgress) => void) | undefined {
  if (options.quiet) return undefined;
  const write = options.stdout ? writeOut : writeError;
  if (isTerminal(options.stdout ? 1 : 2)) {
    const bars = new Bars(write);
    return (event) => bars.show(event);
  }
  return (event) => {
    if (event.kind === 'text') write(`${event.text}\n`);
    else if (event.kind === 'start') write(`Copying ${event.what} ${event.digest}\n`);
  };
}

interface Bar {
  readonly label: string;
  size: number;
  done: number;
  unpacked: number;
  readonly since: number;
  state: 'running' | 'copied' | 'skipped';
}

const redrawEvery = 100;

class Bars {
  #bars = new Map<string, Bar>();
  #drawn = 0;
  #last = 0;

  constructor(readonly write: (text: string) => void) {}

  show(event: CopyProgress): void {
    if (event.kind === 'text') {
      this.#draw(true);
      this.#bars.clear();
      this.#drawn = 0;
      this.write(`${event.text}\n`);
      return;
    }
    if (event.kind === 'start') {
      const label = `Copying ${event.what} ${event.digest.slice(event.digest.indexOf(':') + 1)}`.slice(0, 25);
      this.#bars.set(event.digest, { label, size: event.size, done: 0, unpacked: 0, since: Date.now(), state: 'running' });
    }
    const bar = this.#bars.get(event.digest);
    if (!bar) return;
    if (event.kind === 'bytes') {
      bar.done = event.done;
      if (event.size > 0) bar.size = event.size;
    } else if (event.kind === 'unpacked') bar.unpacked = event.done;
    else if (event.kind === 'end') bar.state = event.outcome;
    this.#draw(event.kind === 'start' || event.kind === 'end');
  }

  #draw(now: boolean): void {
    if (this.#bars.size === 0 || (!now && Date.now() - this.#last < redrawEvery)) return;
    this.#last = Date.now();
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : '';
    // a line that wraps would spoil the way back up
    const columns = (process.stderr.columns || 80) - 1;
    this.write(up + [...this.#bars.values()].map((bar) => `${line(bar).slice(0, columns)}\n`).join(''));
    this.#drawn = this.#bars.size;
  }
}

function line(bar: Bar): string {
  if (bar.state === 'skipped') return `${bar.label} skipped: already exists  `;
  if (bar.state === 'copied') return `${bar.label} done   | `;
  const width = 38;
  const places = (bytes: number): number => (bar.size > 0 ? Math.round(Math.min(bytes / bar.size, 1) * width) : 0);
  const full = places(bar.done);
  // What is unpacked already is drawn over what has come: a line has no room for a second bar.
  const unpacked = Math.min(places(bar.unpacked), full - 1);
  const drawn = full > 0 ? `${'#'.repeat(unpacked)}${'='.repeat(full - 1 - unpacked)}>` : '';
  const rate = bar.done / Math.max((Date.now() - bar.since) / 1000, 0.001);
  return `${bar.label} [${drawn.padEnd(width, '-')}] ${binary(bar.done)} / ${binary(Math.max(bar.size, 0))} | ${binary(rate)}/s`;
}

const units = ['b', 'KiB', 'MiB', 'GiB', 'TiB'];

function binary(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)}${units[unit]}`;
}
