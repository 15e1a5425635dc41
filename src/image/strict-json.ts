import { SelkieError } from '../errors.ts';

/** JSON of a document that trust hangs on, and that is not what it should be. */
export class StrictJsonError extends SelkieError {}

/** Parses JSON in which no object may have a key twice: readers would differ in what they see. @throws StrictJsonError */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StrictJsonError((cause as Error).message, { cause });
  }
  refuseDuplicates(text);
  return value;
}

/** Walks the tokens of what is known to be JSON. */
function refuseDuplicates(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (const [token, colon] of tokens(text)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (colon) {
      const key = JSON.parse(token) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) throw new StrictJsonError(`Duplicate key ${JSON.stringify(key)}`);
      keys.add(key);
    }
  }
}

/** Brackets and texts, each with whether a colon follows, which makes it a key. */
function* tokens(text: string): Generator<[token: string, isKey: boolean]> {
  for (const [, token, colon] of text.matchAll(/([[\]{}]|"(?:[^"\\]|\\.)*")(\s*:)?/g)) yield [token!, colon !== undefined];
}

/** The value as an object that has these keys and no others. @throws StrictJsonError */
export function exactObject<K extends string>(value: unknown, keys: readonly K[]): Record<K, unknown> {
  const object = onlyKeys(value, keys);
  const missing = keys.find((key) => !Object.hasOwn(object, key));
  if (missing !== undefined) throw new StrictJsonError(`Key ${JSON.stringify(missing)} missing in a JSON object`);
  return object as Record<K, unknown>;
}

/** The value as an object that has some of these keys and no others. @throws StrictJsonError */
export function onlyKeys<K extends string>(value: unknown, keys: readonly K[]): Partial<Record<K, unknown>> {
  const object = anyObject(value);
  const unknown = Object.keys(object).find((key) => !(keys as readonly string[]).includes(key));
  if (unknown !== undefined) throw new StrictJsonError(`Unknown key ${JSON.stringify(unknown)}`);
  return object as Partial<Record<K, unknown>>;
}

/** @throws StrictJsonError */
export function anyObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new StrictJsonError('JSON object expected');
  return value as Record<string, unknown>;
}

/** @throws StrictJsonError */
export function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new StrictJsonError(`${name} is not a text`);
  return value;
}
