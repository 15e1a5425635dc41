import { EvaluationError, equal, less } from './compare.ts';
import { toGoJson } from './json.ts';
import { printValue } from './print.ts';
import { sprintf } from './printf.ts';
import { isMap, isPlain, isTrue, mapEntries, noteField, typeOf } from './values.ts';

/** What a template can call. An arity of [min, max] is checked, and the argument's kind where one is named. */
export interface TemplateFunction {
  call(...args: never[]): unknown;
  arity: readonly [min: number, max: number];
  kinds?: readonly ('string' | 'int' | 'strings')[];
}

const many = Number.POSITIVE_INFINITY;
const fn = (call: (...args: never[]) => unknown, min: number, max = min, kinds?: TemplateFunction['kinds']): TemplateFunction => ({
  call,
  arity: [min, max],
  kinds,
});

/** Go's own functions. `and` and `or` are evaluated by the executor, which stops at the first that decides. */
const builtins: Record<string, TemplateFunction> = {
  and: fn((...args: unknown[]) => args.find((arg) => !isTrue(arg)) ?? args.at(-1), 1, many),
  or: fn((...args: unknown[]) => args.find(isTrue) ?? args.at(-1), 1, many),
  not: fn((value: unknown) => !isTrue(value), 1),
  len: fn(length, 1),
  index: fn(index, 1, many),
  slice: fn(slice, 1, 4),
  print: fn((...args: unknown[]) => print(args), 0, many),
  println: fn((...args: unknown[]) => `${args.map((arg) => printValue(arg)).join(' ')}\n`, 0, many),
  printf: fn((format: string, ...args: unknown[]) => sprintf(format, args), 1, many, ['string']),
  html: fn((...args: unknown[]) => escapeHtml(print(args)), 0, many),
  js: fn((...args: unknown[]) => escapeJs(print(args)), 0, many),
  urlquery: fn(
    (...args: unknown[]) =>
      encodeURIComponent(print(args))
        .replaceAll('%20', '+')
        .replace(/[!'()*]/g, percent),
    0,
    many,
  ),
  call: fn(
    (callee: unknown, ...args: unknown[]) => {
      if (typeof callee !== 'function') throw new EvaluationError(`non-function ${printValue(callee)} of type ${typeOf(callee)}`);
      return callee(...args);
    },
    1,
    many,
  ),
  eq: fn((first: unknown, ...others: unknown[]) => equal(first, others), 1, many),
  ne: fn((a: unknown, b: unknown) => !equal(a, [b]), 2),
  lt: fn(less, 2),
  le: fn((a: unknown, b: unknown) => less(a, b) || equal(a, [b]), 2),
  gt: fn((a: unknown, b: unknown) => !less(a, b) && !equal(a, [b]), 2),
  ge: fn((a: unknown, b: unknown) => !less(a, b), 2),
};

/** What podman adds. */
const reports: Record<string, TemplateFunction> = {
  join: fn((items: string[], separator: string) => items.join(separator), 2, 2, ['strings', 'string']),
  json: fn(toGoJson, 1),
  lower: fn((text: string) => text.toLowerCase(), 1, 1, ['string']),
  upper: fn((text: string) => text.toUpperCase(), 1, 1, ['string']),
  title: fn((text: string) => text.replace(/(^|[^\p{L}\p{Nd}_'])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase()), 1, 1, [
    'string',
  ]),
  pad: fn((text: string, before: number, after: number) => (text === '' ? '' : ' '.repeat(before) + text + ' '.repeat(after)), 3, 3, [
    'string',
    'int',
    'int',
  ]),
  split: fn((text: string, separator: string) => text.split(separator), 2, 2, ['string', 'string']),
  truncate: fn((text: string, size: number) => Buffer.from(text).subarray(0, size).toString(), 2, 2, ['string', 'int']),
};

export const templateFunctions: Readonly<Record<string, TemplateFunction>> = { ...builtins, ...reports };

/** fmt.Sprint: a space between two operands of which neither is a string. */
function print(args: readonly unknown[]): string {
  let text = '';
  args.forEach((arg, i) => {
    if (i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string') text += ' ';
    text += printValue(arg);
  });
  return text;
}

function length(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  if (isMap(value)) return mapEntries(value).length;
  if (value === undefined || value === null) throw new EvaluationError('reflect: call of reflect.Value.Type on zero Value');
  throw new EvaluationError(`len of type ${typeOf(value)}`);
}

function index(value: unknown, ...keys: unknown[]): unknown {
  let result = value;
  for (const key of keys) result = indexOne(result, key);
  return result;
}

function indexOne(value: unknown, key: unknown): unknown {
  if (value === undefined || value === null) throw new EvaluationError('index of untyped nil');
  if (typeof value === 'string' || Array.isArray(value)) {
    if (typeof key !== 'number') throw new EvaluationError(`cannot index slice/array with type ${typeOf(key)}`);
    const beyond = key >= length(value);
    if (beyond && typeof value !== 'string') throw new EvaluationError('reflect: slice index out of range');
    if (beyond || key < 0) throw new EvaluationError(`index out of range: ${key}`);
    return typeof value === 'string' ? Buffer.from(value)[key] : value[key];
  }
  if (value instanceof Map) return noteField(String(key), value.get(key));
  if (isMap(value) || isPlain(value)) {
    if (typeof key !== 'string') throw new EvaluationError(`value has type ${typeOf(key)}; should be string`);
    const record = value as Record<string, unknown>;
    if (Object.hasOwn(record, key)) return record[key];
    return Object.values(record).every((v) => typeof v === 'string') ? '' : undefined;
  }
  throw new EvaluationError(`can't index item of type ${typeOf(value)}`);
}

function slice(value: unknown, ...bounds: unknown[]): unknown {
  if (typeof value !== 'string' && !Array.isArray(value)) throw new EvaluationError(`can't slice item of type ${typeOf(value)}`);
  const items = typeof value === 'string' ? Buffer.from(value) : value;
  for (const bound of bounds) {
    if (typeof bound !== 'number') throw new EvaluationError(`cannot index slice/array with type ${typeOf(bound)}`);
    if (bound < 0 || bound > items.length) throw new EvaluationError(`index out of range: ${bound}`);
  }
  const [from = 0, to = items.length] = bounds as number[];
  if (from > to) throw new EvaluationError(`invalid slice index: ${from} > ${to}`);
  return typeof value === 'string' ? (items.slice(from, to) as Buffer).toString() : items.slice(from, to);
}

const htmlEscapes: Record<string, string> = { '\0': '\uFFFD', '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escapeHtml = (text: string): string => text.replace(/[\0"'&<>]/g, (c) => htmlEscapes[c]!);

const jsEscapes: Record<string, string> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};
const escapeJs = (text: string): string =>
  text.replace(/[\\'"<>&=\x00-\x1f]/g, (c) => jsEscapes[c] ?? `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);

const percent = (c: string): string => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
