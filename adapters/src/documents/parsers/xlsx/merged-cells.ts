import { columnOf } from './column-of.js';

/** Copies the value of the first row of a merged block to its other rows. */
interface MergedCells {
  /** Fills the cells of a row that belong to a block which began above. Rows must come in order. */
  fill(row: number, cells: ReadonlyMap<number, string>): ReadonlyMap<number, string>;
}

interface Block {
  readonly column: number;
  readonly last: number;
}

const mostBlocks = 100_000;

/** Reads the merged blocks of a sheet that have more than one row; the file lists them after the rows. */
export function mergedCells(part: Uint8Array): MergedCells {
  const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  const at = bytes.indexOf('mergeCells');
  const blocks = at < 0 ? new Map<number, Block[]>() : readBlocks(bytes.toString('latin1', at));
  const open = new Map<number, { readonly last: number; readonly value: string }>();
  return {
    fill: (row, cells) => {
      const filled = new Map(cells);
      for (const [column, { last, value }] of open) {
        if (row > last) open.delete(column);
        else if (!filled.has(column)) filled.set(column, value);
      }
      for (const { column, last } of blocks.get(row) ?? []) {
        const value = cells.get(column);
        if (value !== undefined) open.set(column, { last, value });
      }
      return filled.size === cells.size ? cells : new Map([...filled].sort(([a], [b]) => a - b));
    },
  };
}

function readBlocks(xml: string): Map<number, Block[]> {
  const blocks = new Map<number, Block[]>();
  let count = 0;
  for (const [, letters, first, last] of xml.matchAll(/mergeCell ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"/g)) {
    const row = Number(first);
    const column = columnOf(letters);
    if (column === undefined || Number(last) <= row || (count += 1) > mostBlocks) continue;
    blocks.set(row, [...(blocks.get(row) ?? []), { column, last: Number(last) }]);
  }
  return blocks;
}
