import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { RowColumns } from './record-inserts.js';

/** An append whose rows are not in the table yet. */
export interface RedoEntry {
  readonly runId: string;
  /** The seq of its first record, and how many it has. */
  readonly first: number;
  readonly count: number;
  readonly rows: readonly RedoRow[];
}

/** A row of `records`, without its run and without blobs. Its body is JSON text without a line break. */
export interface RedoRow {
  readonly columns: Readonly<RowColumns>;
  readonly body: string;
}

/**
 * Results between two transactions of SQLite: a file that is written from its beginning, again and again. One write costs a tenth of a transaction and
 * survives the end of the process; a power loss it need not survive (D1).
 *
 * An entry is the generation, the length and the checksum of its text (three 32-bit numbers, the checksum begun with the
 * generation), then the text: for each append a line with all but the bodies of its rows, and a line for each body. Those of a generation follow each other; what lies behind them is older.
 */
export interface RedoLog {
  /** Takes an append for the next write. */
  add(entry: RedoEntry): void;
  /** Writes what was added as one entry. False where that is not possible now: nothing of it counts then. */
  write(): boolean;
  /** Bytes since the last reset. */
  readonly size: number;
  /** All of it is in the table. */
  reset(): void;
  /** Overwrites what lies in the file though it is in the table: what is deleted there shall not stay here. */
  wipe(): void;
  /** Ends it, and removes the file where all of it is in the table. */
  close(isDone: boolean): void;
}

/** Room for some thousand results, so that nothing has to be allocated when one is written. */
export const redoBytes = 512 * 1024;
const headBytes = 12;
/** A log that could not be written is tried again so much later. */
const againMs = 10_000;

/** The file beside a database. */
export const redoFileOf = (database: string): string => `${database}-redo`;

/** Makes the log of a database; what was in its file is forgotten with the first write. */
export function createRedoLog(file: string, now: () => number = () => performance.now()): RedoLog {
  let log: number | undefined;
  let generation = 1;
  let at = 0;
  /** So far the file may hold what is in the table. */
  let stale = 0;
  /** Until then nothing is tried, as it could not be written. */
  let brokenUntil = 0;
  let lines: string[] = [];
  let buffer = Buffer.allocUnsafe(16 * 1024);

  function open(): number {
    const opened = openSync(file, 'w', 0o600);
    try {
      writeWhole(opened, Buffer.alloc(redoBytes), redoBytes, 0);
    } catch (error) {
      closeSync(opened);
      rmSync(file, { force: true }); // what room it took is needed
      throw error;
    }
    return opened;
  }

  function encode(text: string): number {
    // A unit of UTF-16 is three bytes of UTF-8 at most.
    if (buffer.length < headBytes + text.length * 3) buffer = Buffer.allocUnsafe(headBytes + text.length * 3);
    const bytes = buffer.write(text, headBytes);
    buffer.writeUInt32LE(generation, 0);
    buffer.writeUInt32LE(bytes, 4);
    buffer.writeUInt32LE(crc32(buffer.subarray(headBytes, headBytes + bytes), generation), 8);
    return headBytes + bytes;
  }

  return {
    add({ runId, first, count, rows }) {
      lines.push(JSON.stringify([runId, first, count, rows.map(({ columns }) => columns)]));
      for (const { body } of rows) lines.push(body);
    },
    write() {
      const text = lines.join('\n');
      lines = [];
      if (now() < brokenUntil || at + headBytes + text.length > redoBytes) return false;
      const bytes = encode(text);
      if (at + bytes > redoBytes) return false;
      try {
        log ??= open();
        writeWhole(log, buffer, bytes, at);
      } catch {
        brokenUntil = now() + againMs;
        return false;
      }
      at += bytes;
      return true;
    },
    get size() {
      return at;
    },
    reset() {
      lines = [];
      stale = Math.max(stale, at);
      at = 0;
      generation = generation === 0xffff_ffff ? 1 : generation + 1;
    },
    wipe() {
      if (log === undefined || at > 0 || stale === 0) return;
      try {
        writeWhole(log, Buffer.alloc(stale), stale, 0);
        stale = 0;
      } catch {
        closeSync(log); // the next write begins the file anew
        log = undefined;
      }
    },
    close(isDone) {
      if (log !== undefined) closeSync(log);
      log = undefined;
      brokenUntil = Number.POSITIVE_INFINITY;
      if (isDone) rmSync(file, { force: true });
    },
  };
}

function writeWhole(log: number, bytes: Uint8Array, length: number, at: number): void {
  for (let written = 0; written < length;) written += writeSync(log, bytes, written, length - written, at + written);
}

const Head = z.tuple([
  z.string(),
  z.int(),
  z.int(),
  z.array(
    z.tuple([
      z.int(),
      z.string(),
      z.number(),
      z.string().nullable(),
      z.int().nullable(),
      z.int().nullable(),
      z.number().nullable(),
    ]),
  ),
]);

/** Takes apart what `add` put together. */
function parseEntries(text: string): RedoEntry[] {
  const lines = text.split('\n');
  const entries: RedoEntry[] = [];
  for (let at = 0; at < lines.length;) {
    const [runId, first, count, heads] = Head.parse(JSON.parse(lines[at] ?? ''));
    const rows = heads.map((columns, index) => ({ columns, body: lines[at + 1 + index] ?? '' }));
    entries.push({ runId, first, count, rows });
    at += 1 + rows.length;
  }
  return entries;
}

/** The whole entries of the newest generation, in their order; none where there is no file. */
export function readRedoLog(file: string): RedoEntry[] {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const entries: RedoEntry[] = [];
  const generation = bytes.length < headBytes ? 0 : bytes.readUInt32LE(0);
  for (let at = 0; at + headBytes < bytes.length;) {
    const end = at + headBytes + bytes.readUInt32LE(at + 4);
    const text = bytes.subarray(at + headBytes, end);
    const isWhole = text.length > 0 && end <= bytes.length && crc32(text, generation) === bytes.readUInt32LE(at + 8);
    if (!isWhole) break;
    entries.push(...parseEntries(text.toString()));
    at = end;
  }
  return entries;
}

/** Removes a log that was read, for good: none of it may come back after a power loss, when its runs have gone another way. */
export function removeRedoLog(file: string): void {
  if (!existsSync(file)) return;
  const log = openSync(file, 'r+');
  try {
    ftruncateSync(log);
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
  rmSync(file, { force: true });
}
