/** A template that cannot be read. The text is that of Go's text/template. */
export class TemplateSyntaxError extends Error {}

export type TokenType =
  | 'text'
  | 'left'
  | 'right'
  | 'space'
  | 'identifier'
  | 'keyword'
  | 'field'
  | 'variable'
  | 'dot'
  | 'nil'
  | 'bool'
  | 'number'
  | 'charConstant'
  | 'string'
  | 'rawString'
  | 'pipe'
  | 'declare'
  | 'assign'
  | 'leftParen'
  | 'rightParen'
  | 'char'
  | 'error'
  | 'eof';

export interface Token {
  type: TokenType;
  value: string;
  /** Byte-like offset into the template's text. */
  position: number;
  line: number;
}

const keywords = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with']);

/** Splits a template into tokens as Go's lexer does; the last one is `eof` or `error`, whose value is the message. */
export function lex(text: string): Token[] {
  return new Lexer(text).run();
}

class Lexer {
  private at = 0;
  private start = 0;
  private line = 1;
  private parens = 0;
  private readonly tokens: Token[] = [];

  constructor(private readonly text: string) {}

  run(): Token[] {
    while (this.outside() && this.inside());
    return this.tokens;
  }

  /** Text up to the next action. False at the end. */
  private outside(): boolean {
    const open = this.text.indexOf('{{', this.at);
    const end = open < 0 ? this.text.length : open;
    const trims = open >= 0 && this.text[open + 2] === '-' && isSpace(this.text[open + 3] ?? '');
    const raw = this.text.slice(this.at, end);
    const shown = trims ? raw.replace(/[ \t\r\n]+$/, '') : raw;
    if (shown !== '') this.push('text', shown, this.at);
    this.countLines(raw);
    this.at = end;
    if (open < 0) return this.finish();

    const inner = open + (trims ? 4 : 2);
    if (this.text.startsWith('/*', inner)) return this.comment(inner);
    this.push('left', '{{', open);
    this.at = inner;
    this.parens = 0;
    return true;
  }

  private comment(start: number): boolean {
    const close = this.text.indexOf('*/', start);
    if (close < 0) return this.fail('unclosed comment');
    const rest = this.text.slice(close + 2);
    const end = /^(?:[ \t\r\n]-)?\}\}/.exec(rest)?.[0];
    if (end === undefined) return this.fail('comment ends before closing delimiter');
    this.countLines(this.text.slice(this.at, close));
    this.at = close + 2 + end.length;
    if (end.length > 2) this.skipSpace();
    return this.outside();
  }

  /** The tokens of one action. False at an error. */
  private inside(): boolean {
    for (;;) {
      this.start = this.at;
      if (/^[ \t\r\n]-\}\}/.test(this.text.slice(this.at, this.at + 4)) || this.text.startsWith('}}', this.at)) {
        if (this.parens > 0) return this.fail('unclosed left paren');
        const trims = this.text[this.at] !== '}';
        this.at += trims ? 4 : 2;
        this.push('right', '}}', this.start);
        if (trims) this.skipSpace();
        return true;
      }
      if (this.at >= this.text.length) return this.fail('unclosed action');
      if (!this.token()) return false;
    }
  }

  private token(): boolean {
    const c = this.text[this.at]!;
    if (isSpace(c)) {
      while (isSpace(this.text[this.at] ?? '') && !/^[ \t\r\n]-\}\}/.test(this.text.slice(this.at, this.at + 4))) this.at++;
      return this.emit('space');
    }
    switch (c) {
      case '=':
        this.at++;
        return this.emit('assign');
      case ':':
        if (this.text[this.at + 1] !== '=') return this.fail('expected :=');
        this.at += 2;
        return this.emit('declare');
      case '|':
        this.at++;
        return this.emit('pipe');
      case '"':
        return this.quoted('"', 'string', 'unterminated quoted string');
      case "'":
        return this.quoted("'", 'charConstant', 'unterminated character constant');
      case '`':
        return this.raw();
      case '$':
        return this.word('variable');
      case '.':
        return /[0-9]/.test(this.text[this.at + 1] ?? '') ? this.number() : this.word('field');
      case '(':
        this.parens++;
        this.at++;
        return this.emit('leftParen');
      case ')':
        if (--this.parens < 0) return this.fail('unexpected right paren');
        this.at++;
        return this.emit('rightParen');
    }
    if (/[0-9+-]/.test(c)) return this.number();
    if (isWord(c)) return this.identifier();
    if (c > ' ' && c <= '~') {
      this.at++;
      return this.emit('char');
    }
    return this.fail(`unrecognized character in action: ${rune(c)}`);
  }

  private quoted(mark: string, type: TokenType, unterminated: string): boolean {
    for (this.at++; ; this.at++) {
      const c = this.text[this.at];
      if (c === undefined || c === '\n') return this.fail(unterminated);
      if (c === '\\') {
        this.at++;
        if (this.text[this.at] === undefined || this.text[this.at] === '\n') return this.fail(unterminated);
      } else if (c === mark) break;
    }
    this.at++;
    return this.emit(type);
  }

  private raw(): boolean {
    const end = this.text.indexOf('`', this.at + 1);
    if (end < 0) return this.fail('unterminated raw quoted string');
    this.at = end + 1;
    return this.emit('rawString');
  }

  /** `.Field`, `$variable`, or the mark alone. */
  private word(type: 'field' | 'variable'): boolean {
    this.at++;
    while (isWord(this.text[this.at] ?? '')) this.at++;
    const alone = this.at === this.start + 1;
    if (!alone && !this.terminated()) return this.fail(`bad character ${rune(this.text[this.at]!)}`);
    return this.emit(alone && type === 'field' ? 'dot' : type);
  }

  private identifier(): boolean {
    while (isWord(this.text[this.at] ?? '')) this.at++;
    const word = this.text.slice(this.start, this.at);
    if (!this.terminated()) return this.fail(`bad character ${rune(this.text[this.at]!)}`);
    if (keywords.has(word)) return this.emit('keyword');
    if (word === 'true' || word === 'false') return this.emit('bool');
    return this.emit(word === 'nil' ? 'nil' : 'identifier');
  }

  private number(): boolean {
    const match = /^[+-]?(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]+)?)/.exec(
      this.text.slice(this.at),
    )![0];
    this.at += match.length;
    if (isWord(this.text[this.at] ?? '') || !/\d/.test(match)) {
      this.at++;
      return this.fail(`bad number syntax: ${JSON.stringify(this.text.slice(this.start, this.at))}`);
    }
    return this.emit('number');
  }

  private terminated(): boolean {
    const c = this.text[this.at] ?? '';
    return c === '' || isSpace(c) || '.,|:)('.includes(c) || this.text.startsWith('}}', this.at);
  }

  private emit(type: TokenType): boolean {
    const value = this.text.slice(this.start, this.at);
    this.push(type, value, this.start);
    this.countLines(value);
    return true;
  }

  private push(type: TokenType, value: string, position: number): void {
    this.tokens.push({ type, value, position, line: this.line });
  }

  private skipSpace(): void {
    const space = /^[ \t\r\n]*/.exec(this.text.slice(this.at))![0];
    this.countLines(space);
    this.at += space.length;
  }

  private countLines(text: string): void {
    for (const c of text) if (c === '\n') this.line++;
  }

  private fail(message: string): false {
    this.push('error', message, this.start);
    return false;
  }

  private finish(): false {
    this.push('eof', '', this.at);
    return false;
  }
}

const isSpace = (c: string): boolean => c === ' ' || c === '\t' || c === '\r' || c === '\n';
const isWord = (c: string): boolean => /^[\p{L}\p{Nd}_]$/u.test(c);
const rune = (c: string): string => `U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${c}'`;
