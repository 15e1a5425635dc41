import { ContainerfileError } from './errors.ts';

export type Lookup = (name: string) => string | undefined;

/**
 * Removes quotes and expands variables of one word, as the builder does for ENV, LABEL, COPY … (never for RUN and CMD).
 * Format: Dockerfile reference, "Environment replacement": `$v`, `${v}`, `:-`, `-`, `:+`, `+`, `:?`, `?`, `#`, `##`, `%`, `%%`, `/`, `//`.
 * @throws ContainerfileError for an unset variable with `?` and for a brace without its end.
 */
export function expandWord(word: string, lookup: Lookup, escapeChar = '\\'): string {
  return new Expansion(word, lookup, escapeChar).run();
}

class Expansion {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly lookup: Lookup,
    private readonly escapeChar: string,
  ) {}

  run(): string {
    let out = '';
    while (this.at < this.text.length) out += this.piece();
    return out;
  }

  private piece(): string {
    const char = this.text[this.at]!;
    if (char === "'") return this.singleQuoted();
    if (char === '"') return this.doubleQuoted();
    if (char === '$') return this.variable();
    this.at++;
    if (char !== this.escapeChar) return char;
    return this.at < this.text.length ? this.text[this.at++]! : '';
  }

  private singleQuoted(): string {
    const end = this.text.indexOf("'", this.at + 1);
    if (end < 0) throw new ContainerfileError('unexpected end of statement while looking for matching single-quote');
    const inside = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return inside;
  }

  private doubleQuoted(): string {
    let out = '';
    this.at++;
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) throw new ContainerfileError('unexpected end of statement while looking for matching double-quote');
      if (char === '"') break;
      if (char === '$') {
        out += this.variable();
        continue;
      }
      this.at++;
      if (char !== this.escapeChar) {
        out += char;
        continue;
      }
      const next = this.text[this.at];
      // Inside double quotes the escape character works on `"`, `$` and itself only.
      if (next === '"' || next === '$' || next === this.escapeChar) {
        out += next;
        this.at++;
      } else out += char;
    }
    this.at++;
    return out;
  }

  private variable(): string {
    this.at++;
    if (this.text[this.at] === '{') return this.braced();
    const name = /^(?:[a-zA-Z_][a-zA-Z0-9_]*|[0-9@*#?!$-])/.exec(this.text.slice(this.at))?.[0];
    if (name === undefined) return '$';
    this.at += name.length;
    return this.lookup(name) ?? '';
  }

  private braced(): string {
    this.at++;
    const name = /^[a-zA-Z_0-9]+/.exec(this.text.slice(this.at))?.[0];
    if (name === undefined) throw new ContainerfileError(`syntax error: bad substitution in ${JSON.stringify(this.text)}`);
    this.at += name.length;
    const operator = /^(?::[-+?]|[-+?]|##|#|%%|%|\/\/|\/|\})/.exec(this.text.slice(this.at))?.[0];
    if (operator === undefined) throw new ContainerfileError(`unsupported modifier (${this.text[this.at] ?? ''}) in substitution`);
    this.at += operator.length;
    const value = this.lookup(name);
    if (operator === '}') return value ?? '';
    const word = this.untilBrace();
    const isSet = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
    switch (operator) {
      case ':-':
      case '-':
        return isSet ? value! : this.inner(word);
      case ':+':
      case '+':
        return isSet ? this.inner(word) : '';
      case ':?':
      case '?':
        if (!isSet) throw new ContainerfileError(`${name}: ${this.inner(word) || 'is not allowed to be unset'}`);
        return value!;
      case '/':
      case '//': {
        const [pattern = '', replacement = ''] = splitOnce(word, '/');
        return (value ?? '').replace(globToRegExp(this.inner(pattern), operator === '//' ? 'g' : ''), () => this.inner(replacement));
      }
      default:
        return trimPattern(value ?? '', this.inner(word), operator);
    }
  }

  private untilBrace(): string {
    let depth = 1;
    const start = this.at;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at]!;
      if (char === this.escapeChar) this.at++;
      else if (char === '{' && this.text[this.at - 1] === '$') depth++;
      else if (char === '}' && --depth === 0) return this.text.slice(start, this.at++);
    }
    throw new ContainerfileError(`syntax error: missing '}' in ${JSON.stringify(this.text)}`);
  }

  private inner(word: string): string {
    return new Expansion(word, this.lookup, this.escapeChar).run();
  }
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function globToRegExp(glob: string, flags = '', anchor = ''): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[\\s\\S]*')
    .replace(/\?/g, '[\\s\\S]');
  return new RegExp(anchor === '^' ? `^(?:${source})` : anchor === '$' ? `(?:${source})$` : source, flags);
}

/** `#` and `%` cut the shortest match off the front or end, `##` and `%%` the longest. */
function trimPattern(value: string, pattern: string, operator: string): string {
  const whole = new RegExp(`^(?:${globToRegExp(pattern).source})$`);
  const lengths = Array.from({ length: value.length + 1 }, (_, i) => i);
  if (operator.length === 2) lengths.reverse();
  for (const length of lengths) {
    if (operator.startsWith('#') && whole.test(value.slice(0, length))) return value.slice(length);
    if (operator.startsWith('%') && whole.test(value.slice(value.length - length))) return value.slice(0, value.length - length);
  }
  return value;
}
