import { printValue } from './print.ts';
import { GoFloat, isMap, typeOf } from './values.ts';

/** A template whose evaluation failed; `execute` puts the place in front of the message. */
export class EvaluationError extends Error {}

type Basic = 'bool' | 'number' | 'float' | 'string' | 'other';

function basic(value: unknown): Basic {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'bigint':
      return 'number';
    case 'number':
      return Number.isInteger(value) ? 'number' : 'float';
    default:
      return value instanceof GoFloat ? 'float' : 'other';
  }
}

/** Whether the first equals any of the others, by Go's rules: no comparison across kinds. */
export function equal(first: unknown, others: readonly unknown[]): boolean {
  if (others.length === 0) throw new EvaluationError('missing argument for comparison');
  const kind = basic(first);
  return others.some((other) => {
    if (first === null || first === undefined || other === null || other === undefined) return (first ?? null) === (other ?? null);
    if (!comparable(first, other)) throw incompatible(first, other);
    if (kind === 'other' && (Array.isArray(first) || isMap(first)))
      throw new EvaluationError(`non-comparable type ${printValue(first)}: ${typeOf(first)}`);
    return numeric(first) === numeric(other);
  });
}

/** Whether the first is less than the second. */
export function less(a: unknown, b: unknown): boolean {
  const kind = basic(a);
  if (kind === 'bool' || kind === 'other') throw new EvaluationError('invalid type for comparison');
  if (!comparable(a, b)) throw incompatible(a, b);
  return (numeric(a) as number) < (numeric(b) as number);
}

const incompatible = (a: unknown, b: unknown): EvaluationError =>
  new EvaluationError(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);

/** Of one kind. An int that came from JSON may be a float to Go; a float written in the template is certainly one. */
function comparable(a: unknown, b: unknown): boolean {
  const [kindA, kindB] = [basic(a), basic(b)];
  if (kindA === kindB) return true;
  return isNumeric(kindA) && isNumeric(kindB) && !(a instanceof GoFloat || b instanceof GoFloat);
}

const isNumeric = (kind: Basic): boolean => kind === 'number' || kind === 'float';
const numeric = (value: unknown): unknown => (value instanceof GoFloat ? value.value : typeof value === 'bigint' ? Number(value) : value);
