import { writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** A row as the log had it: seq, type, time, path, attempt, start seq, start time, and its body as JSON. */
export interface RedoRow {
  readonly columns: readonly [number, string, number, string | null, number | null, number | null, number | null];
  readonly body: string;
}

export interface RedoAppend {
  readonly runId: string;
  readonly first: number;
  readonly count: number;
  readonly rows: readonly RedoRow[];
}

/** The length that the file was laid out with. */
const fileBytes = 512 * 1024;

/** An entry of the log: generation, length and checksum of its text, then the text. */
function entryOf(generation: number, appends: readonly RedoAppend[]): Buffer {
  const lines = appends.flatMap(({ runId, first, count, rows }) => [
    JSON.stringify([runId, first, count, rows.map(({ columns }) => columns)]),
    ...rows.map(({ body }) => body),
  ]);
  const text = Buffer.from(lines.join('\n'));
  const head = Buffer.alloc(12);
  head.writeUInt32LE(generation, 0);
  head.writeUInt32LE(text.length, 4);
  head.writeUInt32LE(crc32(text, generation), 8);
  return Buffer.concat([head, text]);
}

/** Writes a redo log as versions of November 2026 did: the entries of one generation, and what an older one left behind them. Never changed. */
export function writeRedoLog(
  file: string,
  entries: readonly (readonly RedoAppend[])[],
  older: readonly RedoAppend[] = [],
): void {
  const bytes = Buffer.alloc(fileBytes);
  let at = 0;
  for (const appends of entries) at += entryOf(7, appends).copy(bytes, at);
  if (older.length > 0) entryOf(6, older).copy(bytes, at);
  writeFileSync(file, bytes);
}
