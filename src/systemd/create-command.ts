/**
 * The command line that made a container or pod, read for the few flags that a unit has to know of or to set itself. Everything else in it
 * is passed over by pflag's rule for unknown flags: one without `=` takes the next word unless that begins with a dash. (So a switch
 * right before the image is thought to have the image as its value, which moves only the end of what is filtered.)
 */
export interface KnownFlags {
  /** Values in the order given, by name; switches have `true` or `false`. */
  values: Map<string, string[]>;
  /** How many words at the end are no flags: the image and its command. */
  argumentCount: number;
}

/** Flags by their long name, with the short one where there is one. */
type Known = Readonly<Record<string, { short?: string; isSwitch?: boolean }>>;

export const containerFlags: Known = {
  detach: { short: 'd', isSwitch: true },
  name: {},
  replace: { isSwitch: true },
  env: { short: 'e' },
  sdnotify: {},
  restart: {},
  // -h is the hostname, and no cry for help.
  help: { short: 'h' },
};

export const podFlags: Known = { name: {}, replace: { isSwitch: true } };

export function readFlags(words: readonly string[], known: Known): KnownFlags {
  const values = new Map<string, string[]>();
  const add = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value]);
  const rest = [...words];
  for (;;) {
    const word = rest[0];
    if (word === undefined || !word.startsWith('-') || word === '-') return { values, argumentCount: rest.length };
    rest.shift();
    if (word === '--') return { values, argumentCount: rest.length };
    if (word.startsWith('--')) readLong(word.slice(2), rest, known, add);
    else readShort(word.slice(1), rest, known, add);
  }
}

type Add = (name: string, value: string) => void;

function readLong(word: string, rest: string[], known: Known, add: Add): void {
  const [name = '', value] = cutAt(word, '=');
  const entry = known[name];
  if (entry === undefined) {
    if (value === undefined) passValue(rest);
  } else if (value !== undefined) add(name, value);
  else if (entry.isSwitch) add(name, 'true');
  else add(name, rest.shift() ?? '');
}

function readShort(letters: string, rest: string[], known: Known, add: Add): void {
  for (let left = letters; left !== ''; ) {
    const letter = left[0]!;
    const after = left.slice(1);
    const found = Object.entries(known).find(([, { short }]) => short === letter);
    if (found === undefined) {
      if (after.startsWith('=')) return;
      if (after === '') passValue(rest);
      left = after;
      continue;
    }
    const [name, { isSwitch }] = found;
    if (after.startsWith('=')) {
      add(name, after.slice(1));
      return;
    }
    if (!isSwitch) {
      add(name, after === '' ? (rest.shift() ?? '') : after);
      return;
    }
    add(name, 'true');
    left = after;
  }
}

function passValue(rest: string[]): void {
  if (rest[0] !== undefined && !rest[0].startsWith('-')) rest.shift();
}

function cutAt(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Go's ParseBool for the values that count as true. */
export const isOn = (values: readonly string[] | undefined): boolean =>
  ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(values?.at(-1) ?? '');

/** A command line without some flags; its last `argumentCount` words stay as they are. */
export function withoutFlags(
  words: readonly string[],
  argumentCount: number,
  drop: { withValue?: readonly string[]; switches?: readonly string[]; exact?: readonly string[] },
): string[] {
  const end = words.length - argumentCount;
  const kept: string[] = [];
  for (let at = 0; at < end; at++) {
    const word = words[at]!;
    const [name] = cutAt(word, '=');
    if (drop.exact?.includes(word)) continue;
    if (drop.withValue?.includes(word)) at++;
    else if (!drop.withValue?.includes(name) && !drop.switches?.includes(name)) kept.push(word);
  }
  return [...kept, ...words.slice(Math.max(end, 0))];
}

/** A word as systemd is to read it: `$` and `%` doubled, quoted where it has blanks or quotes. See systemd.service(5), "Command lines". */
export function escapeWord(word: string): string {
  const doubled = word.replaceAll('$', '$$$$').replaceAll('%', '%%');
  if (/[ \t"]/.test(doubled)) return quote(doubled);
  return doubled.replaceAll('\\', '\\\\');
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** Go's strconv.Quote. */
const quote = (text: string): string =>
  `"${text.replace(/["\\\x00-\x1f\x7f-\x9f]/g, (c) => escapes[c] ?? (c < '\x80' ? `\\x${hex(c, 2)}` : `\\u${hex(c, 4)}`))}"`;

const hex = (c: string, digits: number): string => c.charCodeAt(0).toString(16).padStart(digits, '0');

/** Words on lines of their own where they are flags. */
export const onLines = (words: readonly string[]): string =>
  words.map((word, at) => (at === 0 ? word : word.startsWith('-') ? ` \\\n\t${word}` : ` ${word}`)).join('');
