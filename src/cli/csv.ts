/** A CSV record that cannot be read; `column` counts bytes from 1, as Go's encoding/csv does. */
export class CsvError extends Error {
  constructor(
    readonly column: number,
    reason: string,
  ) {
    super(`parse error on line 1, column ${column}: ${reason}`);
  }
}

/** The fields of the first CSV record of `text`, read as strictly as Go's encoding/csv. */
export function parse(text: string): string[] {
  if (!text.includes('"')) return firstLine(text).split(',');
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const [field, next] = quoted(text, at);
      fields.push(field);
      at = next;
    } else {
      const end = bareEnd(text, at);
      const field = text.slice(at, end);
      const stray = field.indexOf('"');
      if (stray >= 0) throw new CsvError(column(text, at + stray), 'bare " in non-quoted-field');
      fields.push(field);
      at = end;
    }
    if (text[at] !== ',') return fields;
    at++;
  }
}

function quoted(text: string, start: number): [field: string, next: number] {
  let field = '';
  let at = start + 1;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) throw new CsvError(column(text, text.length), 'extraneous or missing " in quoted-field');
    field += text.slice(at, end);
    const next = text[end + 1];
    if (next === '"') {
      field += '"';
      at = end + 2;
    } else if (next === undefined || next === ',' || next === '\n') {
      return [field, end + 1];
    } else {
      throw new CsvError(column(text, end), 'extraneous or missing " in quoted-field');
    }
  }
}

const bareEnd = (text: string, at: number): number => {
  const end = text.slice(at).search(/[,\n]/);
  return end < 0 ? text.length : at + end;
};
const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0]!;
const column = (text: string, index: number): number => Buffer.byteLength(text.slice(0, index)) + 1;
