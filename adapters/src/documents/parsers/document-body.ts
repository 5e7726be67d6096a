import { createMarkdownWriter } from './markdown-writer.js';
import { nestedTableText } from './tables/table-text.js';

interface ParagraphStyle {
  /** The heading level; 0 for no heading. */
  readonly heading: number;
  /** The level of a list item; undefined for other paragraphs. */
  readonly list?: number | undefined;
  readonly tables: number;
}

/** Builds Markdown from the format of word processors: a stream of text with marks at the end of paragraphs, cells and rows. */
export interface DocumentBody {
  write(text: string): void;
  paragraph(style: ParagraphStyle): void;
  /** Ends a cell of the table at a depth; 1 is the outermost. */
  cell(depth: number): void;
  row(depth: number): void;
  end(): void;
  text(): string;
}

/** A table that is still open: its finished rows, and the cells of its last row. */
interface OpenTable {
  readonly rows: (readonly string[])[];
  cells: string[];
  cell: string[];
}

const deepest = 20;
const emptyTable = (): OpenTable => ({ rows: [], cells: [], cell: [] });

/** The rows of a table; an unfinished row is the last one. */
const rowsOf = ({ rows, cells, cell }: OpenTable): readonly (readonly string[])[] =>
  cells.length > 0 || cell.length > 0 ? [...rows, [...cells, cell.join(' ')]] : rows;

export function createDocumentBody(): DocumentBody {
  const writer = createMarkdownWriter();
  const tables: OpenTable[] = [];
  let line = '';

  const tableAt = (depth: number): OpenTable => {
    while (tables.length < Math.min(depth, deepest)) tables.push(emptyTable());
    return tables[Math.min(depth, deepest) - 1] ?? emptyTable();
  };
  const closeTables = (downTo: number): void => {
    while (tables.length > downTo) {
      const closed = tables.pop();
      if (closed === undefined) return;
      const outer = tables.at(-1);
      if (outer === undefined) writer.table(rowsOf(closed));
      else outer.cell.push(nestedTableText(rowsOf(closed)));
    }
  };
  const takeLine = (): string => {
    const text = line.trim();
    line = '';
    return text;
  };
  const paragraph = ({ heading, list, tables: depth }: ParagraphStyle): void => {
    const text = takeLine();
    if (depth > 0) {
      if (text !== '') tableAt(depth).cell.push(text);
      return;
    }
    closeTables(0);
    if (heading > 0) writer.heading(heading, text);
    else if (list !== undefined) writer.item(list, text);
    else writer.paragraph(text);
  };
  return {
    write: (text) => (line += text),
    paragraph,
    cell: (depth) => {
      const text = takeLine();
      closeTables(depth);
      const open = tableAt(depth);
      if (text !== '') open.cell.push(text);
      open.cells.push(open.cell.join(' '));
      open.cell = [];
    },
    row: (depth) => {
      // Text after the last cell of a row belongs to that row.
      const text = takeLine();
      closeTables(depth);
      const open = tableAt(depth);
      if (text !== '') open.cells.push(text);
      if (open.cells.length > 0) open.rows.push(open.cells);
      open.cells = [];
    },
    end: () => paragraph({ heading: 0, tables: 0 }),
    text: () => writer.text(),
  };
}
