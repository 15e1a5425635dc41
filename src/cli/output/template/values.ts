/** A float whose value is whole: Go tells it from an int, JavaScript cannot. */
export class GoFloat {
  constructor(readonly value: number) {}
}

/** A value that Go would print in words of its own, such as a duration. */
export interface GoStringer {
  goString(): string;
}

const maps = new WeakSet<object>();

/** Says that this object is a Go map, not a struct: it prints as `map[a:b]`, and what it lacks is no error. */
export function asMap<T extends object>(value: T): T {
  maps.add(value);
  return value;
}

/** Fields of podman's objects that are maps, wherever they occur. */
const mapFields = new Set(
  (
    'labels annotations sysctl sysctls options opts driveropts storageopt networks ports portbindings volumes exposedports tmpfs data logopts ' +
    'networkoptions ipamoptions containers config.labels hostconfig.tmpfs secrets env configmaps unitfields graphoptions mapping driverstatus'
  ).split(' '),
);

/** Whether a value is to be seen as a map, given the name of the field it was found in. */
export function isMap(value: unknown): value is Map<unknown, unknown> | Record<string, unknown> {
  return value instanceof Map || (typeof value === 'object' && value !== null && maps.has(value));
}

/** Takes note that plain objects in fields known to be maps are maps. */
export function noteField(name: string, value: unknown): unknown {
  if (isPlain(value) && mapFields.has(name.toLowerCase().replaceAll('_', ''))) maps.add(value);
  return value;
}

export const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Entries of a map in the order in which Go ranges over it and prints it. */
export function mapEntries(map: Map<unknown, unknown> | Record<string, unknown>): [unknown, unknown][] {
  const entries: [unknown, unknown][] = map instanceof Map ? [...map] : Object.entries(map);
  return entries.sort(([a], [b]) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1));
}

/** The names of a struct's fields: its own, and the getters of its class. */
export function fieldNames(value: object): string[] {
  const names = Object.keys(value);
  for (let proto = Object.getPrototypeOf(value); proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(proto))) if (descriptor.get) names.push(name);
  }
  return names;
}

const typeNames = new WeakMap<object, string>();

/** Gives a struct the name that errors call its type, e.g. `define.Version`. Classes say it in `static goType`. */
export function named<T extends object>(goType: string, value: T): T {
  typeNames.set(value, goType);
  return value;
}

/** What Go's templates call the type of a value, for errors. */
export function typeOf(value: unknown): string {
  if (value === undefined || value === null) return 'nil';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float64';
    case 'bigint':
      return 'int64';
    default:
  }
  if (value instanceof GoFloat) return 'float64';
  if (value instanceof Date) return 'time.Time';
  if (Array.isArray(value)) return value.length > 0 && value.every((v) => typeof v === 'string') ? '[]string' : '[]interface {}';
  if (isMap(value)) return mapEntries(value).every(([, v]) => typeof v === 'string') ? 'map[string]string' : 'map[string]interface {}';
  // podman's inspect hands such a thing on without its type; the names of our classes say nothing to anybody.
  const { goType } = (value as object).constructor as { goType?: string };
  return goType ?? typeNames.get(value as object) ?? 'interface {}';
}

/** Go's notion of truth in a template: whether a value is not the zero of its type. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'object') {
    if (Array.isArray(value)) return value.length > 0;
    if (value instanceof GoFloat) return value.value !== 0;
    if (value instanceof Map) return value.size > 0;
    if (isMap(value)) return Object.keys(value).length > 0;
    return true;
  }
  return Boolean(value);
}
