import { SelkieError } from '../../errors.ts';
import type { Change } from '../../storage/layers.ts';
import { escapeControl } from './escape.ts';
import { isJsonFormat, prettyJson } from './report.ts';

/** What `diff` prints: a line for each change, or JSON with a list for each kind. @throws SelkieError for another format */
export function renderChanges(changes: readonly Change[], format: string): string {
  if (format === '') return changes.map(({ kind, path }) => `${kind} ${escapeControl(path)}\n`).join('');
  if (!isJsonFormat(format)) throw new SelkieError("only supported value for '--format' is 'json'");
  const of = (kind: Change['kind']): string[] => changes.filter((change) => change.kind === kind).map(({ path }) => path);
  const [changed, added, deleted] = [of('C'), of('A'), of('D')];
  const lists = {
    ...(changed.length > 0 ? { changed } : {}),
    ...(added.length > 0 ? { added } : {}),
    ...(deleted.length > 0 ? { deleted } : {}),
  };
  return `${prettyJson(lists, '     ')}\n`;
}
