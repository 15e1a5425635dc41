import { SelkieError } from '../errors.ts';

/** Splits as a POSIX shell would, without expanding anything. @throws SelkieError for a quote that is never closed */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const end = closingQuote(text, at);
      const inside = text.slice(at + 1, end);
      word = (word ?? '') + (char === '"' ? inside.replace(/\\(["\\$`])/g, '$1') : inside);
      at = end;
    } else if (char === '\\' && at + 1 < text.length) word = (word ?? '') + text[++at]!;
    else word = (word ?? '') + char;
  }
  if (word !== undefined) words.push(word);
  return words;
}

function closingQuote(text: string, start: number): number {
  const quote = text[start]!;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote) return at;
    if (quote === '"' && text[at] === '\\') at++;
  }
  throw new SelkieError('invalid command line string');
}
