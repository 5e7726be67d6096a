import type { Clock } from '@heddle/core';
import type { HeddleDatabase } from './open-database.js';
import type { PreparedAppend, RowDraft } from './record-rows.js';
import type { RecordWriter } from './record-writer.js';
import { createRedoLog, redoFileOf, type RedoRow } from './redo-log.js';
import { replayRedo } from './replay-redo.js';

/** Appends that the redo log has, until a transaction takes them. */
export interface KeptAppends {
  /** Whether one may be kept now. */
  readonly mayKeep: boolean;
  /** Takes an append whose rows are among the inserts. */
  add(runId: string, first: number, append: PreparedAppend): void;
  /** Writes what was added; false where the log takes nothing now. */
  keep(): boolean;
  /** A transaction begins, and has them. */
  onBegin(): void;
  onCommit(): void;
  onRollback(): void;
  close(): void;
}

export interface KeptOptions {
  readonly clock: Clock;
  readonly writer: Pick<RecordWriter, 'inserts' | 'keep'>;
  /** Commits now, in a transaction. */
  readonly commit: () => void;
  /** Makes sure that a transaction follows. */
  readonly request: () => void;
}

/** Results wait at most this long; as many as make a transaction cheap, and short. */
const waitMs = 50;
const mostKept = 512;
const mostKeptCharacters = 1_000_000;
/** So long after the last of them, the log is overwritten. A transaction that failed is tried again as late. */
const restMs = 1_000;

/**
 * Keeps appends in the redo log beside the database, after what an earlier process left there was brought into the table. Only
 * for the one process that has the database open. Errors: `storage_*`.
 */
export function createKeptAppends(
  database: HeddleDatabase,
  { clock, writer, commit, request }: KeptOptions,
): KeptAppends {
  const { inserts } = writer;
  replayRedo(database);
  const redo = createRedoLog(redoFileOf(database.file));
  let isDue = false;
  /** Of the rows since the last transaction. */
  let characters = 0;
  let stopTimer: (() => void) | undefined;

  function after(ms: number, work: () => void): void {
    stopTimer?.();
    stopTimer = clock.at(clock.now() + ms, () => {
      stopTimer = undefined;
      work();
    });
  }

  function store(): void {
    isDue = true;
    request();
  }

  return {
    get mayKeep() {
      return !isDue;
    },
    add(runId, first, { rows, count }) {
      for (const { body } of rows) characters += body.length;
      redo.add({ runId, first, count, rows: rows.map((row) => redoRowOf(first, row)) });
    },
    keep() {
      if (!redo.write()) return false;
      const isFirst = inserts.kept === 0;
      writer.keep();
      if (inserts.kept >= mostKept || characters >= mostKeptCharacters) commit();
      else if (isFirst) after(waitMs, store);
      return true;
    },
    onBegin() {
      isDue = false;
      characters = 0;
    },
    onCommit() {
      if (redo.size === 0) return;
      redo.reset();
      after(restMs, () => redo.wipe());
    },
    // What is kept was acknowledged: it is tried again until it is in the table.
    onRollback() {
      if (inserts.kept === 0) return;
      isDue = true;
      after(restMs, store);
    },
    close() {
      stopTimer?.();
      redo.close(inserts.kept === 0);
    },
  };
}

function redoRowOf(first: number, row: RowDraft): RedoRow {
  const { offset, type, time, path, attempt, startOffset, startTime, body } = row;
  const startSeq = startOffset === null ? null : first + startOffset;
  return { columns: [first + offset, type, time, path, attempt, startSeq, startTime], body };
}
