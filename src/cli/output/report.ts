import { isTerminal } from '../is-terminal.ts';
import { escapeControl } from './escape.ts';
import { alignTabs } from './tab-writer.ts';
import { toGoJson } from './template/json.ts';
import type { Template } from './template.ts';

export { toGoJson };

/** What a list command knows about its rows. */
export interface ReportOptions {
  /** What errors call the template: the command's name, e.g. `ps`. */
  name: string;
  /** What the user gave with --format; empty when nothing. */
  format: string;
  /** The layout without --format: a row's template, its fields separated by tabs. */
  standard: string;
  /** Headings of fields whose name in capitals is not what is shown. */
  headings?: Readonly<Record<string, string>>;
  /** Leaves the headings out. */
  noHeading?: boolean;
}

/** Whether --format asks for JSON as a whole: `json` or `{{json}}`. `{{json .}}` is a template like any other. */
export const isJsonFormat = (format: string): boolean => /^\s*(json|\{\{\s*json\s*\}\})\s*$/.test(format);

/** What JSON may hold as it is, but a terminal or a JavaScript reader would take for something else. */
const unsafeInJson = /[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** JSON over several lines, as podman prints lists and inspected objects. */
export function prettyJson(value: unknown, indent = '    '): string {
  return JSON.stringify(JSON.parse(toGoJson(value)), null, indent).replace(
    unsafeInJson,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Rows as a list command prints them: without a format, or with one that begins with `table `, in columns under headings; else each
 * row by the template, one a line.
 * @throws TemplateError
 */
export function renderReport(rows: readonly unknown[], options: ReportOptions): string {
  const { format } = options;
  const plain = format === '' ? plainReport(rows, options) : undefined;
  if (plain !== undefined) return plain;
  const inColumns = format === '' || format.startsWith('table ');
  const { parseTemplate } = engine();
  const template = format === '' ? parseTemplate(options.name, ranged(`${options.standard}\n`)) : parseUserTemplate(options.name, format);
  if (!inColumns) return forTerminal(template.execute(rows));
  const heading = options.noHeading ? '' : template.execute([headingRow(options.headings ?? {})]);
  return alignTabs(heading + escapeControl(template.execute(rows), { multiline: true }));
}

const plainRow = /^\{\{\.\w+\}\}(\t\{\{\.\w+\}\})*$/;

/** The standard layouts are fields between tabs: most lists need no template engine. Undefined where a field is no text. */
function plainReport(rows: readonly unknown[], { standard, headings = {}, noHeading }: ReportOptions): string | undefined {
  if (!plainRow.test(standard)) return undefined;
  const names = standard.slice('{{.'.length, -'}}'.length).split('}}\t{{.');
  let text = noHeading ? '' : `${names.map((name) => headings[name] ?? capitals(name)).join('\t')}\n`;
  for (const row of rows as readonly Record<string, unknown>[]) {
    for (const [index, name] of names.entries()) {
      const field = row[name];
      const value = typeof field === 'function' ? field.call(row) : field;
      if (typeof value !== 'string' && typeof value !== 'number') return undefined;
      text += `${value}${index < names.length - 1 ? '\t' : '\n'}`;
    }
  }
  return alignTabs(escapeControl(text, { multiline: true }));
}

/** Loaded when a format asks for it. */
const engine = () => require('./template.ts') as typeof import('./template.ts');

/** One object by a template, a line end after it. @throws TemplateError */
export function renderObject(name: string, format: string, value: unknown): string {
  const text = escapes(format);
  return forTerminal(parseEither(name, text.endsWith('\n') ? text : `${text}\n`, format).execute(value));
}

/** A script gets what there is; a terminal must not be steered by what an image says. */
const forTerminal = (text: string): string => (isTerminal(1) ? escapeControl(text, { multiline: true }) : text);

function parseUserTemplate(name: string, format: string): Template {
  if (format.startsWith('table ')) {
    const text = format.replaceAll('table ', '').replaceAll('\\t', '\t').replaceAll(' ', '\t').replaceAll('\\n', '\n');
    return parseEither(name, ranged(withLineEnd(text)), ranged(format.slice('table '.length)));
  }
  return parseEither(name, enforceRange(withLineEnd(escapes(format))), enforceRange(format));
}

/** docker's users write `\t` for a tab; that spoils `{{printf "\n"}}`, which is then read as it stands. */
function parseEither(name: string, text: string, asGiven: string): Template {
  const { parseTemplate, TemplateError } = engine();
  try {
    return parseTemplate(name, text);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return parseTemplate(name, asGiven);
  }
}

const escapes = (format: string): string => format.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
const withLineEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
const ranged = (text: string): string => `{{range .}}${text}{{end -}}`;
const enforceRange = (text: string): string => (/\{\{\s*range\s*\.\s*\}\}.*\{\{\s*end\s*-?\s*\}\}/s.test(text) ? text : ranged(text));

/** Answers any field with its heading: the one given, else its name in capitals, split where it changes case. */
function headingRow(headings: Readonly<Record<string, string>>): object {
  return engine().asMap(
    new Proxy(
      {},
      {
        has: (_, name) => typeof name === 'string',
        get: (_, name) => (typeof name === 'string' ? (headings[name] ?? capitals(name)) : undefined),
      },
    ),
  );
}

const capitals = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/([A-Za-z])(\d)/g, '$1 $2')
    .replace(/(\d)([A-Za-z])/g, '$1 $2')
    .toUpperCase();
