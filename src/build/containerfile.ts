import { ContainerfileError } from './errors.ts';

/** A here-document of RUN, COPY or ADD. */
export interface Heredoc {
  name: string;
  content: string;
  /** false when the delimiter was quoted: the body is taken as it stands. */
  expand: boolean;
}

/** One instruction, read but not interpreted. */
export interface Instruction {
  /** In upper case. */
  command: string;
  /** `--from=x` … in the order typed. */
  flags: string[];
  /** What follows the flags. */
  rest: string;
  /** The text behind the command as typed, flags included, continuations joined: what history shows. */
  original: string;
  heredocs: Heredoc[];
  /** 1-based line of the command. */
  line: number;
}

export interface Containerfile {
  instructions: Instruction[];
  /** The escape character: backslash unless a directive says backtick. */
  escapeChar: string;
}

const commands = new Set(
  'FROM RUN CMD LABEL MAINTAINER EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL'.split(' '),
);
const withHeredocs = new Set(['RUN', 'COPY', 'ADD']);
const directive = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;
const heredocStart = /(\d*)<<(-?)\s*(?:"([^"\s]+)"|'([^'\s]+)'|([^\s<>|&;"']+))/g;
const maximumLine = 1 << 20;

/**
 * Reads a Containerfile into its instructions.
 * @throws ContainerfileError  Format: Dockerfile reference, parser directives, line continuation and here-documents.
 */
export function parseContainerfile(text: string): Containerfile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const escapeChar = readEscapeDirective(lines);
  const continuation = new RegExp(`${escapeChar === '\\' ? '\\\\' : '`'}[ \\t]*$`);
  const instructions: Instruction[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = at + 1;
    let logical = lines[at++]!.trimStart();
    if (logical.trim() === '' || logical.startsWith('#')) continue;
    if (logical.length > maximumLine) throw new ContainerfileError('Containerfile line greater than 1 MiB', line);
    while (continuation.test(logical) && at < lines.length) {
      logical = logical.replace(continuation, '');
      // Comments and empty lines inside a continued instruction vanish.
      while (at < lines.length && (/^\s*#/.test(lines[at]!) || (lines[at]!.trim() === '' && at + 1 < lines.length))) at++;
      logical += lines[at++] ?? '';
    }
    logical = logical.replace(continuation, '').trimEnd();
    const instruction = readInstruction(logical, line);
    if (withHeredocs.has(instruction.command)) at = readHeredocs(instruction, lines, at);
    instructions.push(instruction);
  }
  if (instructions.length === 0) throw new ContainerfileError('no build stages in Containerfile: the file has no instructions');
  return { instructions, escapeChar };
}

function readEscapeDirective(lines: string[]): string {
  for (const line of lines) {
    const match = directive.exec(line.trim());
    if (!match) break;
    if (match[1]!.toLowerCase() !== 'escape') continue;
    if (match[2] !== '\\' && match[2] !== '`') throw new ContainerfileError(`invalid ESCAPE '${match[2]}': must be ' or \``);
    return match[2];
  }
  return '\\';
}

function readInstruction(logical: string, line: number): Instruction {
  const match = /^(\S+)(?:\s+([\s\S]*))?$/.exec(logical);
  const command = match![1]!.toUpperCase();
  if (!commands.has(command)) throw new ContainerfileError(`unknown instruction: ${JSON.stringify(match![1])}`, line);
  const original = match![2] ?? '';
  const { flags, rest } = takeFlags(original);
  return { command, flags, rest, original, heredocs: [], line };
}

/** `--name[=value]` words at the start; quotes keep spaces together. */
function takeFlags(text: string): { flags: string[]; rest: string } {
  const flags: string[] = [];
  let rest = text;
  for (;;) {
    const match = /^--([a-zA-Z][a-zA-Z0-9-]*(?:=(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])*)?)(?:\s+|$)/.exec(rest);
    if (!match) return { flags, rest };
    flags.push(`--${match[1]}`);
    rest = rest.slice(match[0].length);
  }
}

function readHeredocs(instruction: Instruction, lines: string[], from: number): number {
  if (instruction.rest.trimStart().startsWith('[')) return from;
  let at = from;
  for (const match of unquotedMatches(instruction.rest)) {
    const name = (match[3] ?? match[4] ?? match[5])!;
    const chomp = match[2] === '-';
    const body: string[] = [];
    for (;;) {
      if (at >= lines.length) throw new ContainerfileError(`unterminated heredoc ${name}`, instruction.line);
      const line = chomp ? lines[at]!.replace(/^\t+/, '') : lines[at]!;
      at++;
      if (line === name) break;
      body.push(`${line}\n`);
    }
    instruction.heredocs.push({ name, content: body.join(''), expand: match[5] !== undefined });
  }
  return at;
}

/** Here-document starts that no quote or arithmetic (`1<<2`) holds. */
function* unquotedMatches(text: string): Generator<RegExpExecArray> {
  for (const match of text.matchAll(heredocStart)) {
    const before = text.slice(0, match.index);
    const single = (before.match(/'/g) ?? []).length;
    const double = (before.replace(/\\"/g, '').match(/"/g) ?? []).length;
    if (single % 2 === 1 || double % 2 === 1 || before.endsWith('<')) continue;
    yield match as RegExpExecArray;
  }
}

/** The exec form `["a", "b"]`, or undefined where the text is not one. */
export function execForm(rest: string): string[] | undefined {
  if (!rest.trimStart().startsWith('[')) return undefined;
  try {
    const parsed: unknown = JSON.parse(rest);
    if (Array.isArray(parsed) && parsed.every((word) => typeof word === 'string')) return parsed;
  } catch {
    // Not JSON: the shell form that happens to begin with a bracket.
  }
  return undefined;
}

/** Words separated by blanks; quotes and the escape character keep blanks in, and stay in the text. */
export function splitWords(text: string, escapeChar: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (!quote && /\s/.test(char)) {
      if (inside) words.push(word);
      word = '';
      inside = false;
      continue;
    }
    inside = true;
    if (char === escapeChar && quote !== "'" && i + 1 < text.length) {
      word += char + text[++i];
      continue;
    }
    if (quote ? char === quote : char === '"' || char === "'") quote = quote ? '' : char;
    word += char;
  }
  if (inside) words.push(word);
  return words;
}

/** `K=V K2=V2`, or the old form `K the rest`: pairs with values as typed. @throws ContainerfileError */
export function keyValues(instruction: Instruction, escapeChar: string): [string, string][] {
  const words = splitWords(instruction.rest, escapeChar);
  const first = words[0];
  if (first === undefined) throw new ContainerfileError(`${instruction.command} requires at least one argument`, instruction.line);
  if (!first.includes('=')) {
    const match = /^(\S+)\s+([\s\S]+)$/.exec(instruction.rest.trim());
    if (!match) throw new ContainerfileError(`${instruction.command} must have two arguments`, instruction.line);
    return [[match[1]!, match[2]!]];
  }
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 0)
      throw new ContainerfileError(`Syntax error - can't find = in "${word}". Must be of the form: name=value`, instruction.line);
    if (equals === 0) throw new ContainerfileError(`${instruction.command} names can not be blank`, instruction.line);
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}
