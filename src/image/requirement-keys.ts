import { readFileSync } from 'node:fs';
import { SelkieError } from '../errors.ts';
import { StrictJsonError, textOf } from './strict-json.ts';

/**
 * Keys and certificates of a requirement of policy.json: `…Path` is a file, `…Data` is base64, and each in the plural is a list of them.
 */
export const keyBytes = {
  /** @throws StrictJsonError */
  validate(fields: Readonly<Record<string, unknown>>, name: string): void {
    const value = fields[name];
    if (value === undefined) return;
    const entries = name.endsWith('s') ? value : [value];
    if (!Array.isArray(entries)) throw new StrictJsonError(`${name} is not a list`);
    for (const entry of entries) {
      const text = textOf(entry, name);
      if (/Datas?$/.test(name) && Buffer.from(text, 'base64').toString('base64') !== text.replaceAll(/\s/g, ''))
        throw new StrictJsonError(`${name}: illegal base64 data`);
    }
  },

  /** Nothing where the field is not there. @throws SelkieError */
  read(fields: Readonly<Record<string, unknown>>, name: string): Uint8Array[] {
    const value = fields[name];
    if (value === undefined) return [];
    const entries = (Array.isArray(value) ? value : [value]) as string[];
    return entries.map((entry) => (/Datas?$/.test(name) ? Buffer.from(entry, 'base64') : readKeyFile(entry)));
  },
};

function readKeyFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SelkieError(`open ${path}: ${code === 'ENOENT' ? 'no such file or directory' : (cause as Error).message}`, { cause });
  }
}

/** The reason to refuse an image for which each of its signatures was refused. */
export function summarize(reasons: readonly string[]): string {
  return reasons.length === 1 ? reasons[0]! : `None of the signatures were accepted, reasons: ${reasons.join('; ')}`;
}
