import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, rmSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { isTerminal } from '@heddle/core';
import { z } from 'zod';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { createRecordInserts } from './records/record-inserts.js';
import { createRunStates } from './run-states.js';
import { withStorageErrors } from '../database/storage-error.js';

/** The columns of a row of `records` from `seq` to `start_time`: seq, type, time, path, attempt, start seq, start time. */
const Columns = z.tuple([
  z.int(),
  z.string(),
  z.number(),
  z.string().nullable(),
  z.int().nullable(),
  z.int().nullable(),
  z.number().nullable(),
]);

/** The head of an append: its run, the seq of its first record, the number of its records, and its rows without their bodies. */
const Head = z.tuple([z.string(), z.int(), z.int(), z.array(Columns)]);

interface RedoEntry {
  readonly runId: string;
  readonly first: number;
  readonly count: number;
  readonly rows: readonly { readonly columns: z.infer<typeof Columns>; readonly body: string }[];
}

/**
 * Moves results from the redo log of an older version (`heddle.db-redo`, decision 0021) into the database, and removes the log.
 *
 * An append is taken over if it follows the last record of its run. Appends that the table already has are left out. If a power loss
 * destroyed an append, the later appends of its run are left out too. No other process may use the data folder at the same time. Errors:
 * `storage_*`.
 */
export function takeOverRedoLog(database: HeddleDatabase): void {
  const log = `${database.file}-redo`;
  if (!existsSync(log)) return;
  withStorageErrors(log, () => {
    const entries = readRedoLog(log);
    commitPowerSafe(database, () => insertEntries(database, entries));
    removeRedoLog(log);
  });
}

function insertEntries(database: HeddleDatabase, entries: readonly RedoEntry[]): void {
  const states = createRunStates(database);
  const begin = database.connection.prepare<[number, number]>(
    "UPDATE runs SET status = 'running', started_at = coalesce(started_at, ?) WHERE number = ? AND status = 'queued'",
  );
  const inserts = createRecordInserts(database);
  for (const { runId, first, count, rows } of entries) {
    if (!states.has(runId)) continue;
    const run = states.get(runId);
    if (isTerminal(run.status) || first !== run.lastSeq + 1) continue;
    run.lastSeq += count;
    for (const { columns, body } of rows) {
      const [, type, time] = columns;
      if (type === 'run-start') begin.run(time, run.number);
      inserts.add([run.number, ...columns, body, null], false);
    }
  }
  inserts.flush();
}

const headBytes = 12;

/**
 * Reads the complete entries of the newest generation, in order. An entry consists of its generation, the length and the checksum of its
 * text (three 32-bit numbers; the checksum begins with the generation), and the text. Bytes after the last entry are older.
 */
function readRedoLog(file: string): RedoEntry[] {
  const bytes = readFileSync(file);
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

/** Parses appends. Each has one line with everything but the bodies of its rows, and then one line for each body. */
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

/** Removes the log so that it cannot return after a power loss. By then, its runs may have continued differently. */
function removeRedoLog(file: string): void {
  const log = openSync(file, 'r+');
  try {
    ftruncateSync(log);
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
  rmSync(file);
}
