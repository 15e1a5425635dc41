/** How systemd splits and quotes words; systemd.syntax(7), "Quoting". */
export interface Splitting {
  /** A backslash is a character like any other. */
  keepBackslashes: boolean;
}

const separators = /[ \t\n\r]/;

/** The words of a value without their quotes. @returns undefined where an escape is none that systemd knows */
export function splitWords(text: string, { keepBackslashes }: Splitting): string[] | undefined {
  const words: string[] = [];
  let word = '';
  let begun = false;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\' && !keepBackslashes) {
      if (at === text.length - 1) break;
      const read = readEscape(text.slice(at + 1));
      if (read === undefined) return undefined;
      word += read.char;
      begun = true;
      at += read.length;
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if (separators.test(char)) {
      if (word !== '') words.push(word);
      word = '';
      begun = false;
    } else {
      word += char;
    }
  }
  if (quote !== '' && keepBackslashes) return words;
  if (word !== '' || begun) words.push(word);
  return words;
}

const letters: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', s: ' ' };

/** What follows a backslash. @param text begins behind it */
function readEscape(text: string): { char: string; length: number } | undefined {
  const first = text[0]!;
  if (letters[first] !== undefined) return { char: letters[first], length: 1 };
  if ('\\"\''.includes(first)) return { char: first, length: 1 };
  const code = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/.exec(text);
  if (code === null) return undefined;
  const octal = code[4];
  const point = octal === undefined ? Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16) : Number.parseInt(octal, 8);
  const isValid = point > 0 && point <= (octal === undefined ? 0x10ffff : 255) && !(point >= 0xd800 && point < 0xe000);
  return isValid ? { char: String.fromCodePoint(point), length: code[0].length } : undefined;
}

const special = /[\s\x00-\x1f\x7f"'\\]/;

/** A command line as a unit has it: words with special characters in double quotes. */
export const joinWords = (words: readonly string[]): string =>
  words.map((word) => (special.test(word) ? `"${[...word].map(escapeChar).join('')}"` : word)).join(' ');

const escapes: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\f': '\\f',
  '\\': '\\\\',
  ' ': '\\x20',
  '"': '\\"',
  "'": "'",
};

function escapeChar(char: string): string {
  if (char.codePointAt(0)! > 128 || !special.test(char)) return char;
  return escapes[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
