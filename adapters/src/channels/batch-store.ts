import { HeddleError, type BatchCounts, type BatchRow } from '@heddle/core';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** A row of the table `batches`. The rows of the batch are in `batch_rows`. */
export interface StoredBatch {
  readonly id: string;
  readonly workflowId: string;
  /** `Principal.id` of who began it: its runs have their rights. */
  readonly owner: string;
  /** What people want of it; whether it has ended follows from its rows. */
  readonly state: 'going' | 'paused' | 'cancelled';
  readonly body: unknown;
  readonly createdAt: number;
  /** Why it paused by itself. */
  readonly why?: Why;
}

/** Why something did not happen: a code of the one table, and the message for people. */
export interface Why {
  readonly code: string;
  readonly message: string;
}

interface Row {
  readonly id: string;
  readonly workflow_id: string;
  readonly owner: string;
  readonly state: StoredBatch['state'];
  readonly body: string;
  readonly created_at: number;
  readonly reason: string | null;
  readonly code: string | null;
}

interface RowOfBatch {
  readonly number: number;
  readonly inputs: string;
  readonly status: BatchRow['status'];
  readonly attempt: number;
  readonly run: string | null;
  readonly error: string | null;
  readonly code: string | null;
}

/** Rows that are changed without a pause. */
const rowsAtOnce = 2_000;

/** A row that waits for its run. */
export interface WaitingRow {
  readonly number: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly attempt: number;
}

/** Names the run of a row: after a crash, the same row and attempt are still the same run. */
export const batchScope = (id: string): string => `batch:${id}`;
export const rowKey = ({ number, attempt }: Pick<WaitingRow, 'number' | 'attempt'>): string => `${number}:${attempt}`;

function prepareBatches(connection: HeddleDatabase['connection']) {
  return {
    insert: connection.prepare<[string, string, string, string, number]>(
      "INSERT INTO batches (id, workflow_id, owner, state, body, created_at) VALUES (?, ?, ?, 'unfinished', ?, ?)",
    ),
    byId: connection.prepare<[string], Row>("SELECT * FROM batches WHERE id = ? AND state <> 'unfinished'"),
    ofWorkflow: connection.prepare<[string, number], Row>(
      "SELECT * FROM batches WHERE workflow_id = ? AND state <> 'unfinished' ORDER BY created_at DESC LIMIT ?",
    ),
    going: connection.prepare<[], Row>(
      "SELECT * FROM batches WHERE state = 'going' AND EXISTS (SELECT 1 FROM batch_rows WHERE batch = id AND status IN ('waiting', 'running')) ORDER BY created_at",
    ),
    ofSubject: connection.prepare<[{ subject: string }], Row>(
      "SELECT * FROM batches WHERE (owner = @subject OR 'batch:' || id = @subject) AND state <> 'unfinished'",
    ),
    unfinished: connection.prepare<[], string>("SELECT id FROM batches WHERE state = 'unfinished'").pluck(),
    leftRunning: connection.prepare<[], { readonly run: string; readonly owner: string }>(
      "SELECT run, owner FROM batches JOIN batch_rows ON batch = id WHERE state = 'cancelled' AND status = 'running' AND run IS NOT NULL",
    ),
    setState: connection.prepare<[string, string | null, string | null, string]>(
      'UPDATE batches SET state = ?, reason = ?, code = ? WHERE id = ?',
    ),
    update: connection.prepare<[string, string]>('UPDATE batches SET body = ? WHERE id = ?'),
    cost: connection.prepare<[string], number>('SELECT spent FROM batches WHERE id = ?').pluck(),
    spend: connection.prepare<[string, string]>(`
    UPDATE batches SET spent = spent + (SELECT cost FROM runs WHERE id = ?)
    WHERE id = (SELECT batch FROM batch_rows WHERE run = ?)`),
    remove: connection.prepare<[string]>('DELETE FROM batches WHERE id = ?'),
    halfCancelled: connection
      .prepare<[], string>(
        "SELECT id FROM batches WHERE state = 'cancelled' AND EXISTS (SELECT 1 FROM batch_rows WHERE batch = id AND status = 'waiting')",
      )
      .pluck(),
  };
}

function prepareRows(connection: HeddleDatabase['connection']) {
  return {
    insertRow: connection.prepare<[string, number, string]>(
      "INSERT INTO batch_rows (batch, number, inputs, status, attempt) VALUES (?, ?, ?, 'waiting', 1)",
    ),
    removeRows: connection.prepare<[string, number]>(
      'DELETE FROM batch_rows WHERE (batch, number) IN (SELECT batch, number FROM batch_rows WHERE batch = ? LIMIT ?)',
    ),
    counts: connection.prepare<[string], { readonly status: BatchRow['status']; readonly count: number }>(
      'SELECT status, count(*) AS count FROM batch_rows WHERE batch = ? GROUP BY status',
    ),
    waiting: connection.prepare<[string, number], RowOfBatch>(
      "SELECT * FROM batch_rows WHERE batch = ? AND status = 'waiting' ORDER BY number LIMIT ?",
    ),
    rows: connection.prepare<[string, number, string | null, string | null, number], RowOfBatch>(
      'SELECT * FROM batch_rows WHERE batch = ? AND number > ? AND (? IS NULL OR status = ?) ORDER BY number LIMIT ?',
    ),
    begin: connection.prepare<[string, string, number]>(
      "UPDATE batch_rows SET status = 'running', run = ?, error = NULL, code = NULL WHERE batch = ? AND number = ?",
    ),
    // Why a run is cancelled is known before its end.
    endRun: connection.prepare<[{ status: string; error: string | null; code: string | null; run: string }]>(`
    UPDATE batch_rows SET status = @status, error = iif(@status = 'done', NULL, coalesce(@error, error)),
      code = iif(@status = 'done', NULL, coalesce(@code, code)) WHERE run = @run`),
    cancelRun: connection.prepare<[string, string, string]>(
      "UPDATE batch_rows SET error = ?, code = ? WHERE run = ? AND status = 'running'",
    ),
    fault: connection.prepare<[string], Why & { readonly rows: number }>(`
    SELECT code, error AS message, count(*) AS rows FROM batch_rows
    WHERE batch = ? AND status IN ('failed', 'cancelled') AND code GLOB 'storage_*'`),
    refuse: connection.prepare<[string, string, string, number]>(
      "UPDATE batch_rows SET status = 'failed', error = ?, code = ? WHERE batch = ? AND number = ?",
    ),
    again: connection.prepare<[string, number]>(
      `UPDATE batch_rows SET status = 'waiting', attempt = attempt + 1, run = NULL, error = NULL, code = NULL WHERE (batch, number) IN (
      SELECT batch, number FROM batch_rows WHERE batch = (SELECT id FROM batches WHERE id = ? AND state IN ('going', 'paused'))
      AND status IN ('failed', 'cancelled') LIMIT ?)`,
    ),
    giveUp: connection.prepare<[string, string, string, number]>(
      `UPDATE batch_rows SET status = 'cancelled', error = ?, code = ? WHERE (batch, number) IN (
      SELECT batch, number FROM batch_rows WHERE batch = (SELECT id FROM batches WHERE id = ? AND state = 'cancelled')
      AND status = 'waiting' LIMIT ?)`,
    ),
  };
}

/**
 * Batches in heddle.db.
 *
 * - A row is bound to its run in the commit that accepts the run.
 * - A row gets its end in the commit of the run's end. So a kill at any moment loses no row and runs none twice.
 * - No row is accepted after the commit that pauses or cancels its batch.
 */
export class BatchStore {
  private readonly database: HeddleDatabase;
  private readonly statements: ReturnType<typeof prepareBatches>;
  private readonly ofRows: ReturnType<typeof prepareRows>;
  readonly projection: JournalProjection;

  constructor(database: HeddleDatabase) {
    this.database = database;
    this.statements = prepareBatches(database.connection);
    this.ofRows = prepareRows(database.connection);
    this.projection = {
      types: ['run-end', 'cancel-request'],
      admit: ({ idempotency }) => {
        if (idempotency?.scope.startsWith('batch:') !== true) return;
        const state = this.statements.byId.get(idempotency.scope.slice('batch:'.length))?.state;
        if (state === 'going') return;
        throw new HeddleError('conflict', `The batch is ${state ?? 'gone'}: no further row begins.`);
      },
      accept: ({ idempotency, runId }) => {
        if (idempotency?.scope.startsWith('batch:') !== true) return;
        this.ofRows.begin.run(
          runId,
          idempotency.scope.slice('batch:'.length),
          Number(idempotency.key.split(':', 1)[0]),
        );
      },
      write: (runId, records) => {
        for (const record of records) {
          if (record.type === 'cancel-request') {
            const { reason = 'The run was cancelled.', code = 'run_cancelled' } = record;
            this.ofRows.cancelRun.run(reason, code, runId);
          }
          if (record.type !== 'run-end') continue;
          const { status, error } = record;
          const end = { status, error: error?.message ?? null, code: error?.code ?? null, run: runId };
          // the cost of a run is added in the commit of its end, once
          if (this.ofRows.endRun.run(end).changes > 0) this.statements.spend.run(runId, runId);
        }
      },
    };
  }

  /** Begins to write a batch: it is invisible until its state is set. */
  insert(batch: Omit<StoredBatch, 'state' | 'why'>): void {
    this.within(() =>
      this.statements.insert.run(batch.id, batch.workflowId, batch.owner, JSON.stringify(batch.body), batch.createdAt),
    );
  }

  /** Adds rows behind the first `before`. */
  addRows(id: string, inputs: readonly Readonly<Record<string, unknown>>[], before: number): void {
    this.within(() =>
      this.database.connection.transaction(() => {
        for (const [index, row] of inputs.entries())
          this.ofRows.insertRow.run(id, before + index + 1, JSON.stringify(row));
      })(),
    );
  }

  /** What a process before this one began to write or to remove, and did not finish. */
  unfinished(): readonly string[] {
    return this.within(() => this.statements.unfinished.all());
  }

  /** Plain SQL for a transaction that is open already, like the other writes. */
  setState(id: string, state: StoredBatch['state'], why?: Why): void {
    this.statements.setState.run(state, why?.message ?? null, why?.code ?? null, id);
  }

  update(id: string, body: unknown): void {
    this.statements.update.run(JSON.stringify(body), id);
  }

  /**
   * Makes some of the failed and cancelled rows wait again, and returns how many; what their runs cost stays counted.
   * After the batch is cancelled it changes none: a cancel between two calls wins.
   */
  runAgain(id: string): number {
    return this.within(() => this.ofRows.again.run(id, rowsAtOnce).changes);
  }

  /** Cancels some of the rows that wait, and returns how many; none after the batch goes on again. */
  giveUpWaiting(id: string, { code, message }: Why): number {
    return this.within(() => this.ofRows.giveUp.run(message, code, id, rowsAtOnce).changes);
  }

  /** Batches that were cancelled and have rows that wait: a process ended before it gave all of them up. */
  halfCancelled(): readonly string[] {
    return this.within(() => this.statements.halfCancelled.all());
  }

  /** Makes a batch invisible: plain SQL. */
  hide(id: string): void {
    this.statements.setState.run('unfinished', null, null, id);
  }

  /** Removes rows of a batch; the batch as well with the last of them. */
  remove(id: string): number {
    const { changes } = this.within(() => this.ofRows.removeRows.run(id, rowsAtOnce));
    if (changes === 0) this.within(() => void this.statements.remove.run(id));
    return changes;
  }

  /** A row whose run was refused before it began. */
  refuse(id: string, number: number, { code, message }: Why): void {
    this.within(() => void this.ofRows.refuse.run(message, code, id, number));
  }

  /** Errors: `batch_not_found`. */
  get(id: string): StoredBatch {
    const row = this.within(() => this.statements.byId.get(id));
    if (row === undefined)
      throw new HeddleError(
        'batch_not_found',
        `There is no batch '${id}': list the batches of the workflow for their ids.`,
      );
    return fromRow(row);
  }

  list(workflowId: string, limit: number): readonly StoredBatch[] {
    return this.within(() => this.statements.ofWorkflow.all(workflowId, limit).map(fromRow));
  }

  /** The batches that a subject began, or the one that is the subject. */
  ofSubject(subject: string): readonly StoredBatch[] {
    return this.within(() => this.statements.ofSubject.all({ subject }).map(fromRow));
  }

  /** Batches with rows that are to be worked on. */
  going(): readonly StoredBatch[] {
    return this.within(() => this.statements.going.all().map(fromRow));
  }

  /** Runs that a process was to cancel with their batch, and died before. */
  toCancel(): readonly { readonly run: string; readonly owner: string }[] {
    return this.within(() => this.statements.leftRunning.all());
  }

  counts(id: string): BatchCounts {
    const found = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
    for (const { status, count } of this.within(() => this.ofRows.counts.all(id))) found[status] = count;
    return found;
  }

  /** What kept rows from a result that is no fault of theirs, and how many; undefined where there is none. */
  fault(id: string): (Why & { readonly rows: number }) | undefined {
    const found = this.within(() => this.ofRows.fault.get(id));
    return found === undefined || found.rows === 0 ? undefined : found;
  }

  /** What its runs cost so far. */
  cost(id: string): number {
    return this.within(() => this.statements.cost.get(id) ?? 0);
  }

  waiting(id: string, limit: number): readonly WaitingRow[] {
    return this.within(() =>
      this.ofRows.waiting.all(id, limit).map(({ number, inputs, attempt }) => ({
        number,
        attempt,
        inputs: JSON.parse(inputs) as WaitingRow['inputs'], // written by insert
      })),
    );
  }

  rows(id: string, after: number, status: BatchRow['status'] | undefined, limit: number): readonly BatchRow[] {
    return this.within(() => this.ofRows.rows.all(id, after, status ?? null, status ?? null, limit).map(toBatchRow));
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}

function fromRow(row: Row): StoredBatch {
  const { id, workflow_id: workflowId, owner, state, body, created_at: createdAt } = row;
  return {
    ...{ id, workflowId, owner, state, body: JSON.parse(body) as unknown, createdAt },
    // Before codes were kept, a batch paused by itself for its money alone.
    ...(row.reason === null ? {} : { why: { code: row.code ?? 'budget_exceeded', message: row.reason } }),
  };
}

function toBatchRow({ number, inputs, status, attempt, run, error, code }: RowOfBatch): BatchRow {
  return {
    number,
    status,
    attempt,
    inputs: JSON.parse(inputs) as BatchRow['inputs'], // written by insert
    runId: run ?? undefined,
    error: error ?? undefined,
    code: code ?? undefined,
  };
}
