import { isTerminal, type RunStatus } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { recordChecksum } from './record-checksum.js';
import { createRecordInserts, type RecordInserts } from './record-inserts.js';
import {
  executionKey,
  isEndType,
  terminal,
  type PreparedAppend,
  type RowDraft,
  type RunChange,
} from './record-rows.js';
import type { RunState, RunStates } from './run-states.js';
import type { DeltaRow } from './delta-buffer.js';

/** Writes appends within a transaction that is already open. */
export interface RecordWriter {
  /** Gives the seq of the first record. Errors, before anything is written: `run_not_found`, `run_terminal`. */
  write(runId: string, append: PreparedAppend): number;
  /** Streamed text; of a run that is unknown or has ended nothing is kept. */
  writeDeltas(runId: string, rows: readonly DeltaRow[]): void;
  /** The rows that wait for the end of a transaction. */
  readonly inserts: RecordInserts;
}

export function createRecordWriter(database: HeddleDatabase, states: RunStates): RecordWriter {
  const { connection } = database;
  const inserts = createRecordInserts(database);
  // On the right of `=` stand the values before the update: those of the start.
  const endStarted = connection.prepare<
    [
      seq: number,
      type: string,
      time: number,
      body: string,
      blobs: string | null,
      checksum: number,
      run: number,
      startSeq: number,
    ]
  >(
    'UPDATE records SET start_seq = seq, start_time = time, seq = ?, type = ?, time = ?, body = ?, blobs = ?, checksum = ? WHERE run = ? AND seq = ?',
  );
  const setStatus = connection.prepare<
    [
      status: RunStatus,
      started: number | null,
      ended: number | null,
      wake: number | null,
      error: string | null,
      run: number,
    ]
  >(
    `UPDATE runs SET status = ?, started_at = coalesce(started_at, ?), ended_at = ?, wake_at = ?, error = ? WHERE number = ? AND status NOT IN ('done', 'failed', 'cancelled')`,
  );
  const addUsage = connection.prepare<[input: number, output: number, cost: number, run: number]>(
    'UPDATE runs SET input_tokens = input_tokens + ?, output_tokens = output_tokens + ?, cost = cost + ? WHERE number = ?',
  );
  const openAsk = connection.prepare<[run: number, askId: string, seq: number]>(
    'INSERT OR REPLACE INTO asks (run, ask_id, seq) VALUES (?, ?, ?)',
  );
  const closeAsk = connection.prepare<[run: number, askId: string]>('DELETE FROM asks WHERE run = ? AND ask_id = ?');
  const closeAsks = connection.prepare<[run: number]>('DELETE FROM asks WHERE run = ?');
  const insertDelta = connection.prepare<
    [run: number, path: string, attempt: number, port: string, start: number, text: string]
  >('INSERT INTO deltas (run, path, attempt, port, start, text) VALUES (?, ?, ?, ?, ?, ?)');
  const dropDeltas = connection.prepare<[run: number, path: string]>('DELETE FROM deltas WHERE run = ? AND path = ?');
  const dropAllDeltas = connection.prepare<[run: number]>('DELETE FROM deltas WHERE run = ?');

  /** Starts without an end; they are read from the table where nobody asked before. */
  function openOf(state: RunState): Map<string, number> {
    if (state.open === undefined) inserts.flush();
    return states.openOf(state);
  }

  function writeRow(state: RunState, first: number, row: RowDraft): void {
    const seq = first + row.offset;
    if (row.startOffset === null && isEndType(row.type)) {
      const open = openOf(state);
      const key = executionKey(row.path ?? '', row.attempt ?? 1);
      const startSeq = open.get(key);
      if (startSeq !== undefined) {
        open.delete(key);
        if (inserts.hasStart) inserts.flush();
        const { type, time, path, attempt, body, blobs } = row;
        const checksum = recordChecksum([state.number, seq, type, time, path, attempt, startSeq, null, body, blobs]);
        if (endStarted.run(seq, type, time, body, blobs, checksum, state.number, startSeq).changes === 1) return;
      }
    }
    const isStart = row.type === 'node-start';
    inserts.add(
      [
        state.number,
        seq,
        row.type,
        row.time,
        row.path,
        row.attempt,
        row.startOffset === null ? null : first + row.startOffset,
        row.startTime,
        row.body,
        row.blobs,
      ],
      isStart,
    );
    if (isStart) openOf(state).set(executionKey(row.path ?? '', row.attempt ?? 1), seq);
  }

  /** J4: the status in the same commit. J3: compare-and-set, so that a terminal one stays; first of all writes, so that a refusal leaves nothing. */
  function writeStatus(runId: string, state: RunState, status: RunStatus, change: RunChange): void {
    const { changes } = setStatus.run(
      status,
      change.startedAt ?? null,
      change.endedAt ?? null,
      status === 'parked' ? (change.wakeAt ?? null) : null,
      change.error ?? null,
      state.number,
    );
    if (changes !== 1) throw terminal(runId);
  }

  function writeAsks(state: RunState, first: number, change: RunChange): void {
    for (const { askId, offset } of change.asksOpened ?? []) openAsk.run(state.number, askId, first + offset);
    for (const askId of change.asksClosed ?? []) closeAsk.run(state.number, askId);
  }

  function dropStreams(state: RunState, ended: readonly string[]): void {
    if (state.streaming.size === 0) return;
    for (const path of ended) if (state.streaming.delete(path)) dropDeltas.run(state.number, path);
  }

  return {
    write(runId, { rows, count, change }) {
      // What is not remembered is read from the table.
      if (!states.isRemembered(runId)) inserts.flush();
      const state = states.get(runId);
      if (isTerminal(state.status)) throw terminal(runId);
      const first = state.lastSeq + 1;
      if (change.status !== undefined) {
        writeStatus(runId, state, change.status, change);
        state.status = change.status;
      }
      for (const row of rows) writeRow(state, first, row);
      state.lastSeq += count;
      if (change.usage !== undefined)
        addUsage.run(change.usage.inputTokens, change.usage.outputTokens, change.usage.cost, state.number);
      if (change.asksOpened !== undefined || change.asksClosed !== undefined) writeAsks(state, first, change);
      if (change.ended !== undefined) dropStreams(state, change.ended);
      if (isTerminal(state.status)) {
        closeAsks.run(state.number);
        if (state.streaming.size > 0) dropAllDeltas.run(state.number);
      }
      // Runs that rest are read again when they go on; memory holds the ones that move.
      if (change.status !== undefined && change.status !== 'running') states.forget(runId);
      return first;
    },
    writeDeltas(runId, rows) {
      if (!states.has(runId)) return;
      const state = states.get(runId);
      if (isTerminal(state.status)) {
        states.forget(runId);
        return;
      }
      for (const { path, attempt, port, start, text } of rows) {
        insertDelta.run(state.number, path, attempt, port, start, text);
        state.streaming.add(path);
      }
    },
    inserts,
  };
}
