import { escapeControl } from './escape.ts';
import { alignTabs } from './tab-writer.ts';

/** A table in podman's layout. Cells are made safe for the terminal. @param headings left out when undefined */
export function renderTable(headings: readonly string[] | undefined, rows: readonly (readonly string[])[]): string {
  const lines = [...(headings ? [headings] : []), ...rows].map((row) => row.map((cell) => escapeControl(cell)).join('\t'));
  return lines.length === 0 ? '' : alignTabs(`${lines.join('\n')}\n`);
}
