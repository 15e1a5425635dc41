import { SelkieError } from '../../errors.ts';

/**
 * `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME:+word}` as a Containerfile expands them; quotes are removed, a backslash keeps the
 * next character. `--env-merge` needs no more.
 */
export function expandVariables(text: string, variables: Record<string, string>): string {
  let result = '';
  for (let at = 0; at < text.length; ) {
    const character = text[at] ?? '';
    if (character === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw unprocessable(text, 'unexpected end of statement while looking for matching single-quote');
      result += text.slice(at + 1, end);
      at = end + 1;
    } else if (character === '"') {
      const end = closingQuote(text, at + 1);
      result += expandVariables(text.slice(at + 1, end), variables);
      at = end + 1;
    } else if (character === '\\') {
      result += text[at + 1] ?? '';
      at += 2;
    } else if (character === '$') {
      const reference = readReference(text, at);
      result += reference ? reference.value(variables) : '$';
      at = reference?.end ?? at + 1;
    } else {
      result += character;
      at++;
    }
  }
  return result;
}

function unprocessable(text: string, reason: string): SelkieError {
  return new SelkieError(`unable to process variables for --env-merge ${text}: ${reason}`);
}

function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  throw unprocessable(text, 'unexpected end of statement while looking for matching double-quote');
}

function readReference(text: string, at: number): { end: number; value: (variables: Record<string, string>) => string } | undefined {
  const plain = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(text.slice(at));
  if (plain) return { end: at + plain[0].length, value: (variables) => variables[plain[1] ?? ''] ?? '' };
  if (text[at + 1] !== '{') return undefined;
  const close = text.indexOf('}', at);
  if (close < 0) throw unprocessable(text, "syntax error: missing '}'");
  const [, name = '', operator, word = ''] = /^([^:]*)(?::([-+?])(.*))?$/s.exec(text.slice(at + 2, close)) ?? [];
  return {
    end: close + 1,
    value: (variables) => {
      const value = variables[name] ?? '';
      if (operator === '-') return value === '' ? expandVariables(word, variables) : value;
      if (operator === '+') return value === '' ? '' : expandVariables(word, variables);
      return value;
    },
  };
}
