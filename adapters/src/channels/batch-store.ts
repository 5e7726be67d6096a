import { HeddleError, type BatchCounts, type BatchRow, type GuardedWrite, type Tables } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import { batchRuns } from './batch-runs.js';

/** A row of the table `batches`. The rows of the batch are in `batch_rows`. */
export interface StoredBatch {
  readonly id: string;
  readonly workflowId: string;
  /** The `Principal.id` of the user or key that started it; its runs have the rights of this principal. */
  readonly owner: string;
  /** The state that people chose. Whether the batch has ended follows from its rows. */
  readonly state: 'going' | 'paused' | 'cancelled';
  readonly body: unknown;
  readonly createdAt: number;
  /** Why the batch paused by itself. */
  readonly why?: Why;
}

/** Why something did not happen: an error code and a message for people. */
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

const rowsAtOnce = 2_000;

export interface WaitingRow {
  readonly number: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly attempt: number;
}

const columns = 'id, workflow_id, owner, state, body, created_at, reason, code';
const rowColumns = 'number, inputs, status, attempt, run, error, code';

interface RowsChange {
  readonly status: BatchRow['status'];
  /** The states of the batch that allow the change, as in SQL `IN`. */
  readonly states: string;
  /** The assignments, as in SQL `SET`. */
  readonly set: string;
  readonly values?: GuardedWrite['values'];
}

/**
 * Batches on any database.
 *
 * - A row is bound to its run in the commit that accepts the run.
 * - A row gets its result in the commit that ends the run. A crash at any moment therefore loses no row and runs none twice.
 * - No row is accepted after the commit that pauses or cancels its batch.
 */
export class BatchStore {
  readonly write: BatchWrites = writes;
  readonly projection: RunProjection = batchRuns;
  private readonly tables: Tables;

  constructor(tables: Tables) {
    this.tables = tables;
  }

  /** Creates a batch that stays invisible until its state is set. */
  async insert({ id, workflowId, owner, body, createdAt }: Omit<StoredBatch, 'state' | 'why'>): Promise<void> {
    const sql = `INSERT INTO batches (id, workflow_id, owner, state, body, created_at)
      VALUES (@id, @workflowId, @owner, 'unfinished', @body, @createdAt)`;
    await this.tables.note([{ sql, values: { id, workflowId, owner, body: JSON.stringify(body), createdAt } }]);
  }

  /** Appends rows after the first `before` rows. */
  async addRows(id: string, inputs: readonly Readonly<Record<string, unknown>>[], before: number): Promise<void> {
    const sql =
      "INSERT INTO batch_rows (batch, number, inputs, status, attempt) VALUES (@id, @number, @inputs, 'waiting', 1)";
    await this.tables.note(
      inputs.map((row, index) => ({ sql, values: { id, number: before + index + 1, inputs: JSON.stringify(row) } })),
    );
  }

  /**
   * Batches that an earlier process began to write or to remove and did not finish. If other processes are at work, pass a time: only older
   * batches are returned.
   */
  async unfinished(madeBefore = Number.MAX_SAFE_INTEGER): Promise<readonly string[]> {
    const sql = "SELECT id FROM batches WHERE state = 'unfinished' AND created_at < @madeBefore";
    return (await this.tables.all<{ readonly id: string }>(sql, { madeBefore })).map(({ id }) => id);
  }

  /**
   * Makes some of the failed and cancelled rows wait again and returns how many; the cost of their earlier runs stays counted. It changes
   * no row of a cancelled batch, so a cancel between two calls wins.
   */
  async runAgain(id: string): Promise<number> {
    const set = "status = 'waiting', attempt = attempt + 1, run = NULL, error = NULL, code = NULL";
    for (const status of ['failed', 'cancelled'] as const) {
      const count = await this.changeRows(id, { status, states: "'going', 'paused'", set });
      if (count > 0) return count;
    }
    return 0;
  }

  /** Cancels some of the waiting rows of a cancelled batch and returns how many; none if the batch was started again. */
  giveUpWaiting(id: string, { code, message }: Why): Promise<number> {
    const set = "status = 'cancelled', error = @message, code = @code";
    return this.changeRows(id, { status: 'waiting', states: "'cancelled'", set, values: { code, message } });
  }

  /** Cancelled batches that still have waiting rows, because a process ended before it cancelled all of them. */
  async halfCancelled(): Promise<readonly string[]> {
    const sql =
      "SELECT id FROM batches WHERE state = 'cancelled' AND EXISTS (SELECT 1 FROM batch_rows WHERE batch = id AND status = 'waiting')";
    return (await this.tables.all<{ readonly id: string }>(sql)).map(({ id }) => id);
  }

  /** Removes some rows of a batch and returns how many; once no row is left, it removes the batch. */
  async remove(id: string): Promise<number> {
    const sql = 'SELECT number FROM batch_rows WHERE batch = @id ORDER BY number LIMIT @most';
    const found = await this.tables.all<{ readonly number: number }>(sql, { id, most: rowsAtOnce });
    const last = found.at(-1)?.number;
    const removed: GuardedWrite =
      last === undefined
        ? { sql: 'DELETE FROM batches WHERE id = @id', values: { id } }
        : { sql: 'DELETE FROM batch_rows WHERE batch = @id AND number <= @last', values: { id, last } };
    await this.tables.note([removed]);
    return found.length;
  }

  /** Marks a row as failed because its run was refused. A row that is already running is not changed. */
  async refuse(id: string, number: number, { code, message }: Why): Promise<void> {
    const sql =
      "UPDATE batch_rows SET status = 'failed', error = @message, code = @code WHERE batch = @id AND number = @number AND status = 'waiting'";
    await this.tables.note([{ sql, values: { id, number, code, message } }]);
  }

  /** Errors: `batch_not_found`. */
  async get(id: string): Promise<StoredBatch> {
    const sql = `SELECT ${columns} FROM batches WHERE id = @id AND state <> 'unfinished'`;
    const row = await this.tables.get<Row>(sql, { id });
    if (row === undefined) throw missingBatch(id);
    return fromRow(row);
  }

  async list(workflowId: string, limit: number): Promise<readonly StoredBatch[]> {
    const sql = `SELECT ${columns} FROM batches WHERE workflow_id = @workflowId AND state <> 'unfinished' ORDER BY created_at DESC, id DESC LIMIT @limit`;
    return (await this.tables.all<Row>(sql, { workflowId, limit })).map(fromRow);
  }

  /** The batches that a user or API key started; for a subject `batch:ID`, that batch. */
  async ofSubject(subject: string): Promise<readonly StoredBatch[]> {
    const sql = `SELECT ${columns} FROM batches WHERE (owner = @subject OR 'batch:' || id = @subject) AND state <> 'unfinished'`;
    return (await this.tables.all<Row>(sql, { subject })).map(fromRow);
  }

  /** Batches with rows that wait or run. */
  async going(): Promise<readonly StoredBatch[]> {
    const sql = `SELECT ${columns} FROM batches WHERE state = 'going'
      AND EXISTS (SELECT 1 FROM batch_rows WHERE batch = id AND status IN ('waiting', 'running')) ORDER BY created_at, id`;
    return (await this.tables.all<Row>(sql)).map(fromRow);
  }

  /** Runs of cancelled batches that are still running, because a process ended before it cancelled them. */
  toCancel(): Promise<readonly { readonly run: string; readonly owner: string }[]> {
    return this.tables.all(
      "SELECT run, owner FROM batches JOIN batch_rows ON batch = id WHERE state = 'cancelled' AND status = 'running' AND run IS NOT NULL",
    );
  }

  async counts(id: string): Promise<BatchCounts> {
    const sql = 'SELECT status, count(*) AS count FROM batch_rows WHERE batch = @id GROUP BY status';
    const found = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
    const rows = await this.tables.all<{ readonly status: BatchRow['status']; readonly count: number }>(sql, { id });
    for (const { status, count } of rows) found[status] = count;
    return found;
  }

  /** A storage error that failed rows although their data was right, and how many rows it failed; undefined if there is none. */
  fault(id: string): Promise<(Why & { readonly rows: number }) | undefined> {
    const sql = `SELECT code, error AS message, count(*) OVER () AS "rows" FROM batch_rows
      WHERE batch = @id AND status IN ('failed', 'cancelled') AND code LIKE 'storage_%' ORDER BY number LIMIT 1`;
    return this.tables.get(sql, { id });
  }

  async cost(id: string): Promise<number> {
    const sql = 'SELECT spent FROM batches WHERE id = @id';
    return (await this.tables.get<{ readonly spent: number }>(sql, { id }))?.spent ?? 0;
  }

  async waiting(id: string, limit: number): Promise<readonly WaitingRow[]> {
    const sql =
      "SELECT number, inputs, attempt FROM batch_rows WHERE batch = @id AND status = 'waiting' ORDER BY number LIMIT @limit";
    const rows = await this.tables.all<Pick<RowOfBatch, 'number' | 'inputs' | 'attempt'>>(sql, { id, limit });
    return rows.map(({ number, inputs, attempt }) => ({
      number,
      attempt,
      inputs: JSON.parse(inputs) as WaitingRow['inputs'], // written by insert
    }));
  }

  async rows(
    id: string,
    after: number,
    status: BatchRow['status'] | undefined,
    limit: number,
  ): Promise<readonly BatchRow[]> {
    const ofStatus = status === undefined ? '' : ' AND status = @status';
    const sql = `SELECT ${rowColumns} FROM batch_rows WHERE batch = @id AND number > @after${ofStatus} ORDER BY number LIMIT @limit`;
    const values = { id, after, limit, status: status ?? null };
    return (await this.tables.all<RowOfBatch>(sql, values)).map(toBatchRow);
  }

  /** Changes the next rows of a status and returns how many; 0 if the batch is in another state. */
  private async changeRows(id: string, { status, states, set, values = {} }: RowsChange): Promise<number> {
    const isInState = `EXISTS (SELECT 1 FROM batches WHERE id = @id AND state IN (${states}))`;
    const ofStatus = 'batch = @id AND status = @status';
    const sql = `SELECT number FROM batch_rows WHERE ${ofStatus} AND ${isInState} ORDER BY number LIMIT @most`;
    const found = await this.tables.all<{ readonly number: number }>(sql, { id, status, most: rowsAtOnce });
    const first = found[0]?.number;
    const last = found.at(-1)?.number;
    if (first === undefined || last === undefined) return 0;
    await this.tables.note([
      // A concurrent pause or cancel of the batch either waits for this commit or came before it.
      { sql: 'SELECT 1 FROM batches WHERE id = @id FOR UPDATE', values: { id } },
      {
        sql: `UPDATE batch_rows SET ${set} WHERE ${ofStatus} AND number BETWEEN @first AND @last AND ${isInState}`,
        values: { ...values, id, status, first, last },
      },
    ]);
    return found.length;
  }
}

/** Changes of batches, for the commit with their audit event. Errors of the commit: `batch_not_found`. */
interface BatchWrites {
  setState(id: string, state: StoredBatch['state'], why?: Why): GuardedWrite;
  /** Pauses a running batch automatically. Errors of the commit: `conflict` if the batch is not running any more. */
  pauseGoing(id: string, why: Why): GuardedWrite;
  update(id: string, body: unknown): GuardedWrite;
  hide(id: string): GuardedWrite;
}

const stateSql = 'UPDATE batches SET state = @state, reason = @reason, code = @code WHERE id = @id';

const writes: BatchWrites = {
  setState: (id, state, why) => ({
    sql: stateSql,
    values: { id, state, reason: why?.message ?? null, code: why?.code ?? null },
    ...ofBatch(id),
  }),
  pauseGoing: (id, why) => ({
    sql: `${stateSql} AND state = 'going'`,
    values: { id, state: 'paused', reason: why.message, code: why.code },
    rows: 1,
  }),
  update: (id, body) => ({
    sql: 'UPDATE batches SET body = @body WHERE id = @id',
    values: { id, body: JSON.stringify(body) },
    ...ofBatch(id),
  }),
  hide: (id) => ({
    sql: stateSql,
    values: { id, state: 'unfinished', reason: null, code: null },
    ...ofBatch(id),
  }),
};

function ofBatch(id: string): Pick<GuardedWrite, 'rows' | 'otherwise'> {
  return { rows: 1, otherwise: () => missingBatch(id) };
}

function missingBatch(id: string): HeddleError {
  return new HeddleError(
    'batch_not_found',
    `There is no batch '${id}': list the batches of the workflow for their ids.`,
  );
}

function fromRow(row: Row): StoredBatch {
  const { id, workflow_id: workflowId, owner, state, body, created_at: createdAt } = row;
  return {
    id,
    workflowId,
    owner,
    state,
    body: JSON.parse(body) as unknown,
    createdAt,
    // Older versions stored no code; then a batch paused by itself only because of its budget.
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
