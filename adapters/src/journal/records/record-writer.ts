import { isTerminal, type RunStatus } from '@heddle/core';
import type { HeddleDatabase } from '../../database/open-database.js';
import type { DeltaRow } from '../delta-buffer.js';
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
import type { OpenStart, RunState, RunStates } from '../run-states.js';

/** Writes appends in a transaction that is already open. */
export class RecordWriter {
  /** The rows that are inserted at the end of the transaction. */
  readonly inserts: RecordInserts;
  private readonly states: RunStates;
  private readonly statements: ReturnType<typeof prepareStatements>;

  constructor(database: HeddleDatabase, states: RunStates) {
    this.inserts = createRecordInserts(database);
    this.states = states;
    this.statements = prepareStatements(database);
  }

  /** Returns the seq of the first record. Errors, before anything is written: `run_not_found`, `run_terminal`. */
  write(runId: string, { rows, count, change }: PreparedAppend): number {
    const { states, statements } = this;
    // The state of a run that is not in memory is read from the table.
    if (!states.isRemembered(runId)) this.inserts.flush();
    const state = states.get(runId);
    if (isTerminal(state.status)) throw terminal(runId);
    const first = state.lastSeq + 1;
    if (change.status !== undefined) {
      this.writeStatus(runId, state, change.status, change);
      state.status = change.status;
    }
    for (const row of rows) this.writeRow(state, first, row);
    state.lastSeq += count;
    if (change.usage !== undefined)
      statements.addUsage.run(change.usage.inputTokens, change.usage.outputTokens, change.usage.cost, state.number);
    if (change.requestsOpened !== undefined || change.requestsClosed !== undefined)
      this.writeRequests(state, first, change);
    if (change.ended !== undefined) this.dropStreams(state, change.ended);
    if (isTerminal(state.status)) {
      statements.closeRequests.run(state.number);
      if (state.streaming.size > 0) statements.dropAllDeltas.run(state.number);
    }
    // Only running runs stay in memory. A suspended run is read again when it resumes.
    if (change.status !== undefined && change.status !== 'running') states.forget(runId);
    return first;
  }

  /** Stores streamed text. Ignores a run that is unknown or has ended. */
  writeDeltas(runId: string, rows: readonly DeltaRow[]): void {
    if (!this.states.has(runId)) return;
    const state = this.states.get(runId);
    if (isTerminal(state.status)) {
      this.states.forget(runId);
      return;
    }
    for (const { path, attempt, port, start, text } of rows) {
      this.statements.insertDelta.run(state.number, path, attempt, port, start, text);
      state.streaming.add(path);
    }
  }

  private writeRow(state: RunState, first: number, row: RowDraft): void {
    const seq = first + row.offset;
    if (row.startOffset === null && isEndType(row.type) && this.endStarted(state, seq, row)) return;
    const isStart = row.type === 'node-start';
    const startSeq = row.startOffset === null ? null : first + row.startOffset;
    const { type, time, path, attempt, startTime, body, blobs } = row;
    this.inserts.add([state.number, seq, type, time, path, attempt, startSeq, startTime, body, blobs], isStart);
    if (isStart) this.openOf(state).set(executionKey(path ?? '', attempt ?? 1), { seq, time });
  }

  /** Turns the row of an already committed start into the row of the whole execution. Returns whether there was such a row. */
  private endStarted(state: RunState, seq: number, { type, time, path, attempt, body, blobs }: RowDraft): boolean {
    const open = this.openOf(state);
    const key = executionKey(path ?? '', attempt ?? 1);
    const start = open.get(key);
    if (start === undefined) return false;
    open.delete(key);
    if (this.inserts.hasStart) this.inserts.flush();
    const checksum = recordChecksum([state.number, seq, type, time, path, attempt, start.seq, start.time, body, blobs]);
    const { endStarted } = this.statements;
    return endStarted.run(seq, type, time, body, blobs, checksum, state.number, start.seq).changes === 1;
  }

  /** The starts without an end. They are read from the table once. */
  private openOf(state: RunState): Map<string, OpenStart> {
    if (state.open === undefined) this.inserts.flush();
    return this.states.openOf(state);
  }

  /**
   * Writes the status in the same commit as its record. A terminal status is never replaced. This is the first write, so a refusal changes
   * nothing.
   */
  private writeStatus(runId: string, state: RunState, status: RunStatus, change: RunChange): void {
    const { changes } = this.statements.setStatus.run(
      status,
      change.startedAt ?? null,
      change.endedAt ?? null,
      status === 'suspended' ? (change.wakeAt ?? null) : null,
      change.error ?? null,
      state.number,
    );
    if (changes !== 1) throw terminal(runId);
  }

  private writeRequests(state: RunState, first: number, change: RunChange): void {
    const { openRequest, closeRequest } = this.statements;
    for (const { requestId, offset } of change.requestsOpened ?? [])
      openRequest.run(state.number, requestId, first + offset);
    for (const requestId of change.requestsClosed ?? []) closeRequest.run(state.number, requestId);
  }

  private dropStreams(state: RunState, ended: readonly string[]): void {
    if (state.streaming.size === 0) return;
    for (const path of ended) if (state.streaming.delete(path)) this.statements.dropDeltas.run(state.number, path);
  }
}

function prepareStatements({ connection }: HeddleDatabase) {
  return {
    // In an UPDATE, the right side of `=` has the old values: those of the start.
    endStarted: connection.prepare<
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
    ),
    setStatus: connection.prepare<
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
    ),
    addUsage: connection.prepare<[input: number, output: number, cost: number, run: number]>(
      'UPDATE runs SET input_tokens = input_tokens + ?, output_tokens = output_tokens + ?, cost = cost + ? WHERE number = ?',
    ),
    openRequest: connection.prepare<[run: number, requestId: string, seq: number]>(
      'INSERT OR REPLACE INTO human_inputs (run, request_id, seq) VALUES (?, ?, ?)',
    ),
    closeRequest: connection.prepare<[run: number, requestId: string]>(
      'DELETE FROM human_inputs WHERE run = ? AND request_id = ?',
    ),
    closeRequests: connection.prepare<[run: number]>('DELETE FROM human_inputs WHERE run = ?'),
    insertDelta: connection.prepare<
      [run: number, path: string, attempt: number, port: string, start: number, text: string]
    >('INSERT INTO deltas (run, path, attempt, port, start, text) VALUES (?, ?, ?, ?, ?, ?)'),
    dropDeltas: connection.prepare<[run: number, path: string]>('DELETE FROM deltas WHERE run = ? AND path = ?'),
    dropAllDeltas: connection.prepare<[run: number]>('DELETE FROM deltas WHERE run = ?'),
  };
}
