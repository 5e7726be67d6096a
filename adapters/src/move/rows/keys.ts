import { z } from 'zod';
import type { Cell } from './row-forms.js';

const KeyCell = z.union([z.string(), z.number(), z.object({ bytes: z.string() })]);

/** Encodes a key as text, for the stored progress of a move. */
export const keyText = (cells: readonly Cell[]): string =>
  JSON.stringify(
    cells.map((cell) => (cell instanceof Uint8Array ? { bytes: Buffer.from(cell).toString('base64') } : cell)),
  );

/** Decodes a text of `keyText`. */
export const keyCells = (text: string): readonly Exclude<Cell, null>[] =>
  z
    .array(KeyCell)
    .parse(JSON.parse(text))
    .map((cell) => (typeof cell === 'object' ? Buffer.from(cell.bytes, 'base64') : cell));

/** The approximate size of a row in bytes. */
export function sizeOf(row: Readonly<Record<string, Cell>>): number {
  let bytes = 0;
  for (const cell of Object.values(row))
    bytes += typeof cell === 'string' ? cell.length : cell instanceof Uint8Array ? cell.byteLength : 8;
  return bytes;
}

/** A batch ends after the row with which it reaches this size. */
export const mostBytes = 4 * 1024 * 1024;
