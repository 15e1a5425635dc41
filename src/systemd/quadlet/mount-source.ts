import { type Conversion, UnitRefused } from './conversion.ts';

const withSource = new Set(['volume', 'bind', 'glob', 'image', 'artifact']);

/** The value of `--mount` with its source resolved. @throws UnitRefused */
export function sourceOfMount(unit: Conversion, mount: string): string {
  const fields = fieldsOf(mount);
  const type = fields.find((field) => field.startsWith('type='))?.slice('type='.length) ?? 'volume';
  if (!withSource.has(type)) return mount;
  let source = '';
  const rest = fields
    .filter((field) => !field.startsWith('type='))
    .map((field) => {
      const [key, ...value] = field.split('=');
      if (key !== 'source' && key !== 'src') return field;
      if (value.length === 0) throw new UnitRefused('source parameter does not include a value');
      source = unit.source(value.join('='), true);
      return `source=${source}`;
    });
  if (source === '') throw new UnitRefused('source cannot be empty');
  return [`type=${type}`, ...rest].map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

/** Fields of a CSV record: a quoted one may hold commas. */
const fieldsOf = (text: string): string[] =>
  [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
