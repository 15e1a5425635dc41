import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, resolve } from 'node:path';
import { SelkieError } from '../errors.ts';

export interface RunLabel {
  /** What the label says. */
  text: string;
  /** The image, as it is named in the command. */
  image: string;
  /** The container's name. */
  name: string;
  /** What the caller adds. */
  args: readonly string[];
  /** Values of $OPT1, $OPT2 and $OPT3. */
  options: readonly string[];
}

/** Stands for this program in a command, until it is run. */
export const SELF = '/proc/self/exe';

/**
 * The command of an image's label: IMAGE and NAME are filled in, and of variables $OPT1 to $OPT3, $PWD and $HOME; any other is empty,
 * so that an image cannot read the environment.  @throws SelkieError when the label names a program that is not there
 */
export function labelCommand({ text, image, name, args, options }: RunLabel): string[] {
  const [program = '', ...rest] = shellWords([text, ...args].join(' '));
  const filled = rest.map((word) => fill(fill(word, 'NAME', name), 'IMAGE', image));
  return shellWords(expand([programOf(program), ...filled].join(' '), options));
}

function fill(word: string, key: string, value: string): string {
  if (word === key) return value;
  const filled = word.replaceAll(`$${key}`, value).replaceAll(`\${${key}}`, value);
  return filled.endsWith(`=${key}`) ? filled.replaceAll(`=${key}`, `=${value}`) : filled;
}

/** podman and docker are we. */
function programOf(program: string): string {
  if (program === 'podman' || basename(program) === 'docker') return SELF;
  if (!program.includes('/') && !program.startsWith('.')) return program;
  const path = resolve(program);
  if (!existsSync(path)) throw new SelkieError(`faccessat ${path}: no such file or directory`);
  return path;
}

function expand(text: string, [opt1 = '', opt2 = '', opt3 = '']: readonly string[]): string {
  const values: Record<string, string> = { OPT1: opt1, OPT2: opt2, OPT3: opt3, PWD: process.cwd(), HOME: homedir() };
  return text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced: string | undefined, bare: string | undefined) => values[braced ?? bare ?? ''] ?? '',
  );
}

/** Words as a shell takes them, without their quotes. @throws SelkieError for a quote that does not end */
function shellWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+)/y;
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text);
    if (match === null) throw new SelkieError(`invalid command ${JSON.stringify(text)}: a quote or escape does not end`);
    words.push(match[1]!.replace(/\\([\s\S])|"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'/g, unquote));
  }
  return words;
}

function unquote(_whole: string, escaped?: string, double?: string, single?: string): string {
  return escaped ?? single ?? double?.replace(/\\(["\\])/g, '$1') ?? '';
}
