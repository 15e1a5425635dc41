import { readFileSync } from 'node:fs';
import { InvalidOption } from '../create-errors.ts';
import { cut } from './cut.ts';

const leadingBlank = /^[ \t]+/;

/**
 * `-e NAME=VALUE`, `-e NAME` (the caller's value, when it has one) and `-e PREFIX*`. Only what a person says on the command line or
 * in an environment file may ask for the caller's values: see `imageEnvironment` for what an image says.
 */
export function parseEnvironment(values: string[], into: Record<string, string> = {}): Record<string, string> {
  for (const value of values) addVariable(into, value);
  return into;
}

function addVariable(into: Record<string, string>, line: string): void {
  if (line === '') return;
  const [key, value] = cut(line, '=');
  if (key === '') throw new InvalidOption(`invalid variable: ${JSON.stringify(line)}`);
  const name = key.replace(leadingBlank, '');
  if (value !== undefined) into[name] = value;
  else if (name.endsWith('*')) addMatching(into, name.slice(0, -1));
  else {
    const own = process.env[name];
    if (own !== undefined) into[name] = own;
  }
}

function addMatching(into: Record<string, string>, prefix: string): void {
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined && name.startsWith(prefix)) into[name] = value;
}

/** `--env-file`: a variable a line, `#` starts a comment line. */
export function parseEnvironmentFile(path: string, into: Record<string, string> = {}): Record<string, string> {
  try {
    for (const line of linesOf(path)) addVariable(into, line);
  } catch (error) {
    throw new InvalidOption(`parsing file ${JSON.stringify(path)}: ${(error as Error).message}`, { cause: error });
  }
  return into;
}

function linesOf(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidOption(`open ${path}: no such file or directory`, { cause: error });
  }
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(leadingBlank, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * The variables that an image or containers.conf defines. An entry without `=` means nothing here: an image must not be able to ask
 * for a value of the host's environment (CVE-2026-57231).
 */
export function imageEnvironment(entries: readonly string[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const entry of entries) {
    const [name, value] = cut(entry, '=');
    if (name === '') throw new InvalidOption(`env fields from image failed to parse: invalid variable: ${JSON.stringify(entry)}`);
    if (value !== undefined) variables[name.replace(leadingBlank, '')] = value;
  }
  return variables;
}

/** `--label` and `--label-file`. */
export function parseLabels(files: string[], values: string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  try {
    for (const file of files) for (const line of linesOf(file)) addFileLabel(labels, line);
    for (const value of values) {
      const [key, text = ''] = cut(value, '=');
      if (key === '') throw new InvalidOption(`invalid label format: ${JSON.stringify(value)}`);
      labels[key] = text;
    }
  } catch (error) {
    throw new InvalidOption(`unable to process labels: ${(error as Error).message}`, { cause: error });
  }
  return labels;
}

function addFileLabel(labels: Record<string, string>, line: string): void {
  const [key, value] = cut(line, '=');
  if (key === '') throw new InvalidOption(`invalid environment variable: ${JSON.stringify(line)}`);
  const name = key.replace(leadingBlank, '');
  if (/[ \t]/.test(name)) throw new InvalidOption(`name ${JSON.stringify(name)} has white spaces, poorly formatted name`);
  if (value !== undefined) labels[name] = value;
}
