import type { TableRows } from '../tables/table-text.js';

interface ReadTable {
  readonly rows: TableRows;
  /** The line after the table. */
  readonly end: number;
}

/** Reads a table drawn with `+---+` lines. A cell that spans columns is put into the first of them. */
export function readGridTable(lines: readonly string[], from: number): ReadTable {
  let end = from;
  while (end < lines.length && /^[+|]/.test(lines[end] ?? '')) end += 1;
  const rows: string[][] = [];
  let cells: string[] = [];
  for (const line of lines.slice(from, end)) {
    if (/^\+[-=+]+\+\s*$/.test(line)) {
      if (cells.length > 0) rows.push(cells);
      cells = [];
      continue;
    }
    const parts = line.replace(/^[|+]|[|+]\s*$/g, '').split(/[|+](?![-=]{2})/);
    for (const [index, part] of parts.entries())
      cells[index] = `${cells[index] ?? ''} ${/^[-=]{2,}$/.test(part.trim()) ? '' : part.trim()}`.trim();
  }
  return { rows, end: Math.max(end, from + 1) };
}

/** Reads a table whose columns are marked with `==== ====`. */
export function readSimpleTable(lines: readonly string[], from: number): ReadTable {
  const columns = [...(lines[from] ?? '').matchAll(/=+/g)].map(({ index }) => index);
  const rows: string[][] = [];
  let rules = 0;
  let at = from;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (/^={2,}(?:\s+={2,})*\s*$/.test(line)) {
      rules += 1;
      // The last rule ends the table: the third, or the second if an empty line follows.
      if (rules >= 2 && (rules === 3 || (lines[at + 1] ?? '').trim() === '')) return { rows, end: at + 1 };
      continue;
    }
    if (/^-{2,}(?:\s+-{2,})*\s*$/.test(line)) continue;
    if (line.trim() === '') {
      if (rules === 0) break;
      continue;
    }
    const cells = columns.map((start, index) => line.slice(start, columns[index + 1]).trim());
    const above = rows.at(-1);
    // A row whose first cell is empty continues the row above.
    if (cells[0] === '' && above !== undefined)
      for (const [index, cell] of cells.entries()) above[index] = `${above[index] ?? ''} ${cell}`.trim();
    else rows.push(cells);
  }
  return { rows, end: Math.max(at, from + 1) };
}
