/** How wide columns become; podman's lists use 12 and 2. */
export interface TabOptions {
  /** Least width of a column, padding included. */
  minWidth?: number;
  /** Spaces between a cell and the next column. */
  padding?: number;
}

/**
 * Aligns tab-separated cells as Go's text/tabwriter does: a column is a run of lines that have a cell there which a tab ends, and what
 * comes after the last tab of a line belongs to no column.
 */
export function alignTabs(text: string, options: TabOptions = {}): string {
  if (!text.includes('\t')) return text;
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths = lines.map((): number[] => []);
  measure(lines, widths, 0, lines.length, 0, { minWidth: options.minWidth ?? 12, padding: options.padding ?? 2 });
  return lines
    .map((cells, y) =>
      cells.map((cell, x) => (x < cells.length - 1 ? cell + ' '.repeat(Math.max(0, widths[y]![x]! - width(cell))) : cell)).join(''),
    )
    .join('\n');
}

/** Sets the widths of column `column` and those right of it, for the lines from `from` to `to` that agree on all columns left of it. */
function measure(
  lines: readonly string[][],
  widths: number[][],
  from: number,
  to: number,
  column: number,
  options: Required<TabOptions>,
): void {
  let at = from;
  while (at < to) {
    if (column >= lines[at]!.length - 1) {
      at++;
      continue;
    }
    const start = at;
    let widest = options.minWidth;
    for (; at < to && column < lines[at]!.length - 1; at++) widest = Math.max(widest, width(lines[at]![column]!) + options.padding);
    for (let line = start; line < at; line++) widths[line]![column] = widest;
    measure(lines, widths, start, at, column + 1, options);
  }
}

const width = (cell: string): number => (/^[\x20-\x7e]*$/.test(cell) ? cell.length : Array.from(cell).length);
