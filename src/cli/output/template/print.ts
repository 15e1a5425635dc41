import { quote } from '../../go-values.ts';
import { fieldNames, GoFloat, type GoStringer, isMap, mapEntries, noteField } from './values.ts';

/** A value as Go's `%v` prints it; `plus` adds the names of fields, as `%+v` does. */
export function printValue(value: unknown, plus = false): string {
  if (value === null || value === undefined) return '<nil>';
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isInteger(value) ? String(BigInt(value)) : printFloat(value);
    case 'object':
      return printObject(value, plus);
    case 'function':
      return '0x0';
    default:
      return String(value);
  }
}

function printObject(value: object, plus: boolean): string {
  if (value instanceof GoFloat) return printFloat(value.value);
  if (value instanceof Date) return printTime(value);
  if ('goString' in value) return (value as GoStringer).goString();
  const list = (items: Iterable<unknown>) => `[${Array.from(items, (item) => printValue(item, plus)).join(' ')}]`;
  if (Array.isArray(value) || value instanceof Uint8Array || value instanceof Set) return list(value);
  if (isMap(value))
    return `map[${mapEntries(value)
      .map(([k, v]) => `${printValue(k, plus)}:${printValue(v, plus)}`)
      .join(' ')}]`;
  const fields = fieldNames(value).map((name) => {
    const text = printValue(noteField(name, (value as Record<string, unknown>)[name]), plus);
    return plus ? `${name}:${text}` : text;
  });
  return `{${fields.join(' ')}}`;
}

/** A float by `%v`: the shortest form, with an exponent below 1e-4 and from 1e6. */
export function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? exponent(value.toExponential()) : String(value);
}

/** Go writes at least two digits of exponent. */
export const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

/** A time.Time by `%v`, in UTC. */
function printTime(date: Date): string {
  const iso = date.toISOString();
  const fraction = iso.slice(19, -1).replace(/0+$/, '').replace(/^\.$/, '');
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction} +0000 UTC`;
}

/** A value by `%#v`, as far as templates need it. */
export function printSyntax(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) {
    const type = value.every((v) => typeof v === 'string') ? '[]string' : '[]interface {}';
    return `${type}{${value.map(printSyntax).join(', ')}}`;
  }
  if (value !== null && typeof value === 'object' && isMap(value)) {
    return `map[string]string{${mapEntries(value)
      .map(([k, v]) => `${printSyntax(k)}:${printSyntax(v)}`)
      .join(', ')}}`;
  }
  return printValue(value, true);
}
