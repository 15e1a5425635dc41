import { SelkieError } from '../../errors.ts';
import { joinWords, splitWords } from './words.ts';

/** A file that is no unit. */
export class UnitSyntaxError extends SelkieError {}

/** A line of a group: `key=value`, or a comment or empty line, which has no key. */
interface Line {
  key?: string;
  value: string;
}

interface Group {
  name: string;
  /** Comments above the group's heading. */
  above: string[];
  lines: Line[];
}

/** A systemd unit as text that can be asked, changed and written again, comments included. Format: systemd.syntax(7). */
export class UnitFile {
  private groups: Group[] = [];

  constructor(
    public name: string,
    /** Where it was read; empty for one that was made. */
    public path = '',
  ) {}

  /** @throws UnitSyntaxError */
  static parse(text: string, name: string, path = ''): UnitFile {
    const unit = new UnitFile(name, path);
    let group: Group | undefined;
    let comments: string[] = [];
    for (const { text: line, number } of logicalLines(text)) {
      const heading = /^\[([^\]]*)\][ \t]*$/.exec(line)?.[1];
      if (isComment(line)) comments.push(line);
      else if (heading !== undefined) {
        if (heading === '' || /[[\x00-\x1f\x7f]/.test(heading)) throw new UnitSyntaxError(`invalid group name: ${heading}`);
        group = unit.group(heading);
        // The empty line between two groups is written anew.
        if (comments[0] === '') comments.shift();
        group.above.push(...comments);
        comments = [];
      } else {
        const at = line.indexOf('=');
        if (at <= 0) throw new UnitSyntaxError(`file contains line ${number}: “${line}” which is not a key-value pair, group, or comment`);
        if (group === undefined) throw new UnitSyntaxError('key file does not start with a group');
        group.lines.push(...comments.map((value) => ({ value })), {
          key: line.slice(0, at).trimEnd(),
          value: line.slice(at + 1).trimStart(),
        });
        comments = [];
      }
    }
    (group ?? unit.group('')).lines.push(...comments.map((value) => ({ value })));
    return unit;
  }

  private find(name: string): Group | undefined {
    return this.groups.find((group) => group.name === name);
  }

  private group(name: string): Group {
    const found = this.find(name);
    if (found !== undefined) return found;
    const made = { name, above: [], lines: [] };
    this.groups.push(made);
    return made;
  }

  keys(group: string): string[] {
    return [...new Set((this.find(group)?.lines ?? []).flatMap(({ key }) => key ?? []))];
  }

  /** The last value as it is written, without quotes around the whole. */
  value(group: string, key: string): string | undefined {
    const written = this.find(group)
      ?.lines.findLast((line) => line.key === key)
      ?.value.trimEnd();
    return written !== undefined && /^".*"$/s.test(written) && written.length > 1 ? written.slice(1, -1) : written;
  }

  /** As `value`, undefined where that is empty. */
  text(group: string, key: string): string | undefined {
    return this.value(group, key) || undefined;
  }

  flag(group: string, key: string): boolean | undefined {
    const value = this.value(group, key);
    return value === undefined ? undefined : /^(1|yes|true|on)$/i.test(value);
  }

  /** A number that is no negative one; 0 for what is none. */
  number(group: string, key: string): number {
    const value = this.value(group, key) ?? '';
    const octal = /^\+?0[0-7]+$/.test(value) ? Number.parseInt(value, 8) : undefined;
    const number = octal ?? (/^\+?(\d+|0x[0-9a-f]+)$/i.test(value) ? Number(value.replace(/^\+/, '')) : 0);
    return number <= 0xffff_ffff ? number : 0;
  }

  /** Every value of a key; an empty one forgets those before it. */
  all(group: string, key: string): string[] {
    let values: string[] = [];
    for (const line of this.find(group)?.lines ?? []) {
      if (line.key === key) values = line.value === '' ? [] : [...values, line.value];
    }
    return values;
  }

  /** The words of every value, in which a backslash is a character like any other. */
  words(group: string, key: string): string[] {
    return this.all(group, key).flatMap((value) => splitWords(value, { keepBackslashes: true }) ?? []);
  }

  /** The words of every value, escapes resolved; what cannot be split is left out. */
  arguments(group: string, key: string): string[] {
    return this.all(group, key).flatMap((value) => splitWords(value, { keepBackslashes: false }) ?? []);
  }

  /** The words of the last value, escapes resolved. */
  lastArguments(group: string, key: string): { words: string[]; warning?: string } | undefined {
    const written = this.find(group)?.lines.findLast((line) => line.key === key)?.value;
    if (written === undefined) return undefined;
    const words = splitWords(written, { keepBackslashes: false });
    return words === undefined ? { words: [], warning: 'unsupported escape char' } : { words };
  }

  set(group: string, key: string, value: string): void {
    const line = this.find(group)?.lines.findLast((candidate) => candidate.key === key);
    if (line === undefined) this.add(group, key, value);
    else line.value = value;
  }

  add(group: string, key: string, value: string): void {
    this.group(group).lines.push({ key, value });
  }

  prepend(group: string, key: string, value: string): void {
    this.group(group).lines.unshift({ key, value });
  }

  addCommand(group: string, key: string, words: readonly string[]): void {
    this.add(group, key, joinWords(words));
  }

  unset(group: string, key: string): void {
    const found = this.find(group);
    if (found !== undefined) found.lines = found.lines.filter((line) => line.key !== key);
  }

  rename(group: string, name: string): void {
    const found = this.find(group);
    if (found === undefined) return;
    const other = this.find(name);
    if (other === undefined) {
      found.name = name;
      return;
    }
    other.above.push(...found.above);
    other.lines.push(...found.lines);
    this.groups = this.groups.filter((candidate) => candidate !== found);
  }

  /** Adds what a drop-in says. */
  merge(other: UnitFile): void {
    for (const { name, above, lines } of other.groups) {
      const group = this.group(name);
      group.above.push(...above);
      group.lines.push(...lines.map((line) => ({ ...line })));
    }
  }

  copy(name: string): UnitFile {
    const made = new UnitFile(name);
    made.merge(this);
    return made;
  }

  toString(): string {
    return this.groups
      .map(({ name, above, lines }) => {
        const body = lines.map(({ key, value }) => (key === undefined ? value : `${key}=${value}`));
        return [...above, ...(name === '' ? [] : [`[${name}]`, ...body])].map((line) => `${line}\n`).join('');
      })
      .join('\n');
  }
}

const isComment = (line: string): boolean => line === '' || line.startsWith('#') || line.startsWith(';');

/** Lines with those that continue them; comments within a continued line are dropped. */
function* logicalLines(text: string): Generator<{ text: string; number: number }> {
  const lines = text.replace(/\n$/, '').split('\n');
  let begun = '';
  for (const [at, raw] of lines.entries()) {
    const line = raw.trim();
    if (isComment(line)) {
      if (begun === '') yield { text: line, number: at + 1 };
    } else if (line.endsWith('\\') && at < lines.length - 1) begun += line.slice(0, -1);
    else {
      yield { text: begun + line.replace(/\\$/, ''), number: at + 1 };
      begun = '';
    }
  }
}
