import { GoFloat, isMap } from './values.ts';

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
  if (kind === 'other' && first !== null && first !== undefined && (Array.isArray(first) || isMap(first))) {
    throw new EvaluationError('non-comparable type');
  }
  return others.some((other) => {
    if (first === null || first === undefined || other === null || other === undefined) return (first ?? null) === (other ?? null);
    const otherKind = basic(other);
    if (kind !== otherKind && !(isNumeric(kind) && isNumeric(otherKind))) throw new EvaluationError('incompatible types for comparison');
    return numeric(first) === numeric(other);
  });
}

/** Whether the first is less than the second. */
export function less(a: unknown, b: unknown): boolean {
  const [kindA, kindB] = [basic(a), basic(b)];
  if (kindA === 'bool' || kindA === 'other') throw new EvaluationError('invalid type for comparison');
  if (kindA !== kindB && !(isNumeric(kindA) && isNumeric(kindB))) throw new EvaluationError('incompatible types for comparison');
  return (numeric(a) as number) < (numeric(b) as number);
}

const isNumeric = (kind: Basic): boolean => kind === 'number' || kind === 'float';
const numeric = (value: unknown): unknown => (value instanceof GoFloat ? value.value : typeof value === 'bigint' ? Number(value) : value);
