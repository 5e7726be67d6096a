import { HeddleError, LabelLevel, type AtProvider, type GuardedWrite } from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { newId } from '../identity/secret-token.js';

/** A call to gather. */
export interface NewBatchedCall {
  readonly run: string;
  /** The idempotency key of the call: unique in its run, and the same after a crash. */
  readonly key: string;
  readonly path: string;
  readonly failures: number;
  readonly workflow: string | undefined;
  /** What its run is a part of, such as `experiment:ID`. */
  readonly owner: string;
  readonly connection: string;
  readonly model: string;
  readonly endpoint: string;
  readonly level: LabelLevel;
  /** Whether it is made as an ordinary call when two batches did not answer it. */
  readonly fallsBack: boolean;
  /** Upper bounds. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The most that it costs, in the currency of its price; 0 where that is not known. */
  readonly most: number;
  readonly body: string;
}

/**
 * A stored call: gathered (`waiting`), in a batch (`submitted`), `answered`, `failed`, or to be made as an `ordinary` call. An `abandoned` one is in
 * a batch, and its run has ended.
 */
export interface BatchedCall extends Pick<
  NewBatchedCall,
  'run' | 'key' | 'path' | 'failures' | 'workflow' | 'connection' | 'model' | 'inputTokens' | 'outputTokens'
> {
  readonly number: number;
  readonly state: 'waiting' | 'submitted' | 'answered' | 'failed' | 'ordinary' | 'abandoned';
  /** The batch that answered it, by the provider's id. */
  readonly providerId: string | undefined;
  readonly problem: string | undefined;
  /** Whether what it cost is counted. */
  readonly isSettled: boolean;
}

/** A batch that has not ended. */
export interface StoredProviderBatch {
  readonly id: string;
  readonly connection: string;
  readonly model: string;
  readonly endpoint: string;
  readonly calls: number;
  readonly createdAt: number;
  /** Failed tries in a row. */
  readonly tries: number;
  /** Whether a process began to submit it, so that it may exist at the provider. */
  readonly hasBegun: boolean;
  /** Set once it is submitted. */
  readonly providerId: string | undefined;
  readonly submittedAt: number | undefined;
}

/** How a call in a batch ended. `body`: what to send in another batch. */
export type CallResult =
  | { readonly number: number; readonly answer: string }
  | { readonly number: number; readonly problem: string; readonly passes: boolean; readonly body?: string | undefined };

/** Batches that have the same call before it is given up. */
const mostTries = 2;
const rowsAtOnce = 500;
/** Ended batches are known this long, so that none is taken for one of which the reply was lost. */
const keptMs = 7 * 86_400_000;
const longestWaitMs = 3_600_000;

/** A row of `provider_batch_calls`, without the contents of the call. */
interface CallRow {
  readonly number: number;
  readonly run: string;
  readonly key: string;
  readonly path: string;
  readonly failures: number;
  readonly workflow: string | null;
  readonly connection: string;
  readonly model: string;
  readonly level: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly state: string;
  readonly tries: number;
  readonly provider_id: string | null;
  readonly problem: string | null;
  readonly is_settled: number;
}

/** A row of `provider_batches`. */
interface BatchRow {
  readonly id: string;
  readonly connection: string;
  readonly model: string;
  readonly endpoint: string;
  readonly state: 'submitting' | 'submitted';
  readonly provider_id: string | null;
  readonly calls: number;
  readonly created_at: number;
  readonly tries: number;
  readonly has_begun: number;
  readonly submitted_at: number | null;
}

const columns =
  'number, run, key, path, failures, workflow, connection, model, level, input_tokens, output_tokens, state, tries, provider_id, problem, is_settled';

/** Statements about calls. */
function prepareCalls(connection: HeddleDatabase['connection']) {
  return {
    find: connection.prepare<[string, string], CallRow>(
      `SELECT ${columns} FROM provider_batch_calls WHERE run = ? AND key = ?`,
    ),
    answerOf: connection
      .prepare<[number], string | null>('SELECT answer FROM provider_batch_calls WHERE number = ?')
      .pluck(),
    insert: connection.prepare<[Record<string, unknown>]>(`
      INSERT INTO provider_batch_calls (run, key, path, failures, workflow, owner, connection, model, endpoint, level, falls_back,
        input_tokens, output_tokens, most, body, state, tries, created_at, is_settled)
      VALUES (@run, @key, @path, @failures, @workflow, @owner, @connection, @model, @endpoint, @level, @fallsBack,
        @inputTokens, @outputTokens, @most, @body, 'waiting', 0, @createdAt, 0)`),
    askAgain: connection.prepare<[number, string, number, number]>(`
      UPDATE provider_batch_calls SET state = 'waiting', tries = 0, batch = NULL, answer = NULL, problem = NULL, is_settled = 0,
        failures = ?, body = ?, created_at = ? WHERE number = ?`),
    groups: connection.prepare<
      [string],
      {
        readonly connection: string;
        readonly model: string;
        readonly endpoint: string;
        readonly calls: number;
        readonly oldest: number;
      }
    >(`
      SELECT connection, model, endpoint, count(*) AS calls, min(created_at) AS oldest FROM provider_batch_calls
      WHERE state = 'waiting' AND coalesce(workflow, '') NOT IN (SELECT value FROM json_each(?)) GROUP BY connection, model, endpoint`),
    waiting: connection.prepare<
      [string, string, string, string, number],
      { readonly number: number; readonly bytes: number }
    >(`
      SELECT number, length(body) AS bytes FROM provider_batch_calls
      WHERE state = 'waiting' AND connection = ? AND model = ? AND endpoint = ?
        AND coalesce(workflow, '') NOT IN (SELECT value FROM json_each(?)) ORDER BY number LIMIT ?`),
    put: connection.prepare<[string, number]>(
      "UPDATE provider_batch_calls SET state = 'submitted', batch = ?, tries = tries + 1 WHERE number = ?",
    ),
  };
}

/** Statements about calls in a batch. */
function prepareBatchedCalls(connection: HeddleDatabase['connection']) {
  return {
    lines: connection.prepare<[string], { readonly number: number; readonly body: string }>(
      "SELECT number, body FROM provider_batch_calls WHERE batch = ? AND state = 'submitted' ORDER BY number",
    ),
    levels: connection
      .prepare<[string], string>(
        "SELECT DISTINCT level FROM provider_batch_calls WHERE batch = ? AND state = 'submitted'",
      )
      .pluck(),
    inBatch: connection.prepare<[string, number], CallRow & { readonly falls_back: number; readonly body: string }>(
      `SELECT ${columns}, falls_back, body FROM provider_batch_calls WHERE batch = ? AND number = ? AND state IN ('submitted', 'abandoned')`,
    ),
    left: connection
      .prepare<[string, number], number>(
        "SELECT number FROM provider_batch_calls WHERE batch = ? AND state = 'submitted' LIMIT ?",
      )
      .pluck(),
    answer: connection.prepare<[string, string | null, number]>(
      "UPDATE provider_batch_calls SET state = 'answered', answer = ?, provider_id = ?, body = '' WHERE number = ?",
    ),
    wait: connection.prepare<[string, number, string, number]>(
      "UPDATE provider_batch_calls SET state = 'waiting', batch = NULL, body = ?, created_at = ?, problem = ? WHERE number = ?",
    ),
    end: connection.prepare<[string, string, number]>(
      "UPDATE provider_batch_calls SET state = ?, problem = ?, body = '' WHERE number = ?",
    ),
  };
}

/** Statements about calls that wait, have ended, or lost their runs. */
function prepareWaitingCalls(connection: HeddleDatabase['connection']) {
  return {
    settle: connection.prepare<[number]>('UPDATE provider_batch_calls SET is_settled = 1 WHERE number = ?'),
    ended: connection.prepare<[], CallRow>(
      `SELECT ${columns} FROM provider_batch_calls WHERE state IN ('answered', 'failed', 'ordinary')`,
    ),
    unsettled: connection.prepare<[], CallRow>(
      `SELECT ${columns} FROM provider_batch_calls WHERE is_settled = 0 AND state <> 'ordinary'`,
    ),
    remove: connection.prepare<[number]>('DELETE FROM provider_batch_calls WHERE number = ?'),
    leaveRun: connection.prepare<[string]>(
      "DELETE FROM provider_batch_calls WHERE run = ? AND state <> 'submitted' AND state <> 'abandoned'",
    ),
    abandon: connection.prepare<[string]>(
      "UPDATE provider_batch_calls SET state = 'abandoned', body = '' WHERE run = ? AND state = 'submitted'",
    ),
    counts: connection.prepare<
      [string],
      { readonly state: string; readonly calls: number; readonly runs: number; readonly most: number }
    >(
      "SELECT state, count(*) AS calls, count(DISTINCT run) AS runs, sum(most) AS most FROM provider_batch_calls WHERE owner = ? AND state IN ('waiting', 'submitted') GROUP BY state",
    ),
    oldest: connection.prepare<[string], { readonly since: number | null; readonly problem: string | null }>(`
      SELECT min(submitted_at) AS since, max(problem) AS problem FROM provider_batches
      WHERE id IN (SELECT batch FROM provider_batch_calls WHERE owner = ? AND state = 'submitted')`),
  };
}

/** Statements about batches. */
function prepareBatches(connection: HeddleDatabase['connection']) {
  return {
    insert: connection.prepare<[Record<string, unknown>]>(`
      INSERT INTO provider_batches (id, connection, model, endpoint, state, calls, created_at, next_at, tries, has_begun)
      VALUES (@id, @connection, @model, @endpoint, 'submitting', @calls, @createdAt, @createdAt, 0, 0)`),
    due: connection.prepare<[number, number], BatchRow>(
      "SELECT * FROM provider_batches WHERE state IN ('submitting', 'submitted') AND (next_at <= ? OR next_at > ?) ORDER BY next_at",
    ),
    begin: connection.prepare<[string]>('UPDATE provider_batches SET has_begun = 1 WHERE id = ?'),
    submit: connection.prepare<[string, number, number, string]>(
      "UPDATE provider_batches SET state = 'submitted', provider_id = ?, submitted_at = ?, next_at = ?, tries = 0, problem = NULL WHERE id = ?",
    ),
    later: connection.prepare<[number, string | null, string]>(
      'UPDATE provider_batches SET next_at = ?, tries = tries + 1, problem = ? WHERE id = ?',
    ),
    end: connection.prepare<[number, string]>(
      "UPDATE provider_batches SET state = 'ended', next_at = ?, problem = NULL WHERE id = ?",
    ),
    known: connection
      .prepare<[string], string>(
        'SELECT provider_id FROM provider_batches WHERE connection = ? AND provider_id IS NOT NULL',
      )
      .pluck(),
    forget: connection.prepare<[number]>("DELETE FROM provider_batches WHERE state = 'ended' AND next_at < ?"),
    removeAbandoned: connection.prepare<[string]>(
      "DELETE FROM provider_batch_calls WHERE batch = ? AND state = 'abandoned'",
    ),
    isWanted: connection
      .prepare<[string], number>("SELECT 1 FROM provider_batch_calls WHERE batch = ? AND state = 'submitted' LIMIT 1")
      .pluck(),
    any: connection
      .prepare<[], number>(
        "SELECT 1 FROM provider_batches WHERE state <> 'ended' UNION ALL SELECT 1 FROM provider_batch_calls LIMIT 1",
      )
      .pluck(),
  };
}

/**
 * Model calls that batches of their providers answer, in heddle.db.
 *
 * - A call is in one batch at a time, and is put there in the commit that makes the batch.
 * - A batch is on the disk before the provider is asked for it.
 * - With the end of its run, a call is removed; what a provider has of it is abandoned.
 */
export class ProviderBatchStore {
  readonly projection: JournalProjection;
  private readonly calls: ReturnType<typeof prepareCalls> &
    ReturnType<typeof prepareBatchedCalls> &
    ReturnType<typeof prepareWaitingCalls>;
  private readonly batches: ReturnType<typeof prepareBatches>;
  private readonly database: HeddleDatabase;

  constructor(database: HeddleDatabase) {
    const { connection } = database;
    this.database = database;
    this.calls = {
      ...prepareCalls(connection),
      ...prepareBatchedCalls(connection),
      ...prepareWaitingCalls(connection),
    };
    this.batches = prepareBatches(connection);
    this.projection = {
      types: ['run-end'],
      write: (runId) => {
        this.calls.leaveRun.run(runId);
        this.calls.abandon.run(runId);
      },
    };
  }

  find(run: string, key: string): BatchedCall | undefined {
    const row = this.within(() => this.calls.find.get(run, key));
    return row === undefined ? undefined : callOf(row);
  }

  /** The answer of an answered call. Errors: `internal` where it has none. */
  answerOf(number: number): string {
    const answer = this.within(() => this.calls.answerOf.get(number));
    if (typeof answer !== 'string') throw new HeddleError('internal', `The batched call ${number} has no answer.`);
    return answer;
  }

  add(call: NewBatchedCall, now: number): void {
    const { workflow, fallsBack } = call;
    this.within(
      () =>
        void this.calls.insert.run({
          ...call,
          workflow: workflow ?? null,
          fallsBack: fallsBack ? 1 : 0,
          createdAt: now,
        }),
    );
  }

  /** Another attempt of the node asks again. */
  askAgain(number: number, { failures, body }: Pick<NewBatchedCall, 'failures' | 'body'>, now: number): void {
    this.within(() => void this.calls.askAgain.run(failures, body, now, number));
  }

  /** What waits, by connection, model and API; without the calls of these workflows. */
  groups(without: readonly string[]) {
    return this.within(() => this.calls.groups.all(JSON.stringify(without)));
  }

  /** Makes a batch of the oldest calls that wait, as many as fit. Undefined where none waits any more. */
  open(
    group: Pick<StoredProviderBatch, 'connection' | 'model' | 'endpoint'>,
    bounds: { readonly calls: number; readonly bytes: number; readonly without: readonly string[] },
    now: number,
  ): string | undefined {
    const { connection, model, endpoint } = group;
    let id: string | undefined;
    commitPowerSafe(this.database, () => {
      const found = this.calls.waiting.all(connection, model, endpoint, JSON.stringify(bounds.without), bounds.calls);
      let bytes = 0;
      const numbers: number[] = [];
      for (const row of found) {
        bytes += row.bytes;
        if (numbers.length > 0 && bytes > bounds.bytes) break;
        numbers.push(row.number);
      }
      if (numbers.length === 0) return;
      id = newId('pb');
      this.batches.insert.run({ id, connection, model, endpoint, calls: numbers.length, createdAt: now });
      for (const number of numbers) this.calls.put.run(id, number);
    });
    return id;
  }

  /** Batches to be submitted or checked now. A time that no wait can have set is due: a wrong clock made it. */
  due(now: number): readonly StoredProviderBatch[] {
    return this.within(() => this.batches.due.all(now, now + longestWaitMs).map(batchOf));
  }

  /** Whether anything is stored that is not over. */
  hasWork(): boolean {
    return this.within(() => this.batches.any.get()) !== undefined;
  }

  /** Calls and their numbers; those of ended runs are left out. */
  lines(batch: string): readonly { readonly number: number; readonly body: string }[] {
    return this.within(() => this.calls.lines.all(batch));
  }

  /** The levels of the labels of its calls. */
  levels(batch: string): readonly LabelLevel[] {
    return this.within(() => this.calls.levels.all(batch)).map((level) => LabelLevel.parse(level));
  }

  /** The provider is asked for the batch now: on the disk first, so that it is searched for after a crash. */
  begin(batch: string): void {
    commitPowerSafe(this.database, () => void this.batches.begin.run(batch));
  }

  /** Plain SQL, for the transaction of an audit entry. */
  submitted(batch: string, providerId: string, now: number, nextAt: number): void {
    this.batches.submit.run(providerId, now, nextAt, batch);
  }

  later(batch: string, nextAt: number, problem?: string): void {
    this.within(() => void this.batches.later.run(nextAt, problem ?? null, batch));
  }

  /** Ids of batches at the provider of a connection that are known. */
  known(connection: string): ReadonlySet<string> {
    return new Set(this.within(() => this.batches.known.all(connection)));
  }

  /** Whether a run still waits for one of its calls. */
  isWanted(batch: string): boolean {
    return this.within(() => this.batches.isWanted.get(batch)) !== undefined;
  }

  /** Stores results of a batch. Those of an earlier reading of the same batch change nothing. Gives the calls of ended runs. */
  take({ id, providerId }: StoredProviderBatch, results: readonly CallResult[], now: number): readonly BatchedCall[] {
    const abandoned: BatchedCall[] = [];
    this.atOnce(() => {
      for (const result of results) {
        const row = this.calls.inBatch.get(id, result.number);
        if (row === undefined) continue;
        if (row.state === 'abandoned') abandoned.push(callOf(row));
        else if ('answer' in result) this.calls.answer.run(result.answer, providerId ?? null, row.number);
        else if (result.passes && row.tries < mostTries)
          this.calls.wait.run(result.body ?? row.body, now, result.problem, row.number);
        else this.calls.end.run(row.falls_back === 1 ? 'ordinary' : 'failed', result.problem, row.number);
      }
    });
    return abandoned;
  }

  /** The batch is over: calls without a result have none. Returns false while more of them are left. */
  end(batch: StoredProviderBatch, problem: string, passes: boolean, now: number): boolean {
    const left = this.within(() => this.calls.left.all(batch.id, rowsAtOnce));
    if (left.length > 0) {
      this.take(
        batch,
        left.map((number) => ({ number, problem, passes })),
        now,
      );
      return false;
    }
    this.atOnce(() => {
      this.batches.removeAbandoned.run(batch.id);
      this.batches.end.run(now, batch.id);
      this.batches.forget.run(now - keptMs);
    });
    return true;
  }

  /** Calls whose runs can go on. */
  ended(): readonly BatchedCall[] {
    return this.within(() => this.calls.ended.all().map(callOf));
  }

  /** Calls that hold a part of a budget, or will. */
  unsettled(): readonly BatchedCall[] {
    return this.within(() => this.calls.unsettled.all().map(callOf));
  }

  settle(number: number): void {
    this.within(() => void this.calls.settle.run(number));
  }

  /** The same, for the commit that counts what the call cost. */
  settleWrite(number: number): GuardedWrite {
    return { sql: 'UPDATE provider_batch_calls SET is_settled = 1 WHERE number = @number', values: { number } };
  }

  /** What an experiment or a batch waits for, in how many of its runs, and what that costs at most. */
  waitingOf(owner: string): AtProvider & { readonly runs: number; readonly most: number } {
    return this.within(() => {
      const found = new Map(this.calls.counts.all(owner).map((row) => [row.state, row]));
      const { since, problem } = this.calls.oldest.get(owner) ?? {};
      return {
        gathered: found.get('waiting')?.calls ?? 0,
        submitted: found.get('submitted')?.calls ?? 0,
        most: (found.get('waiting')?.most ?? 0) + (found.get('submitted')?.most ?? 0),
        runs: (found.get('waiting')?.runs ?? 0) + (found.get('submitted')?.runs ?? 0),
        ...(typeof since === 'number' ? { since } : {}),
        ...(typeof problem === 'string' ? { problem } : {}),
      };
    });
  }

  private atOnce(work: () => void): void {
    this.within(() => this.database.connection.transaction(work)());
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}

function callOf(row: CallRow): BatchedCall {
  return {
    ...{ number: row.number, run: row.run, key: row.key, path: row.path, failures: row.failures },
    ...{ connection: row.connection, model: row.model, inputTokens: row.input_tokens, outputTokens: row.output_tokens },
    workflow: row.workflow ?? undefined,
    state: row.state as BatchedCall['state'], // written by this file
    providerId: row.provider_id ?? undefined,
    problem: row.problem ?? undefined,
    isSettled: row.is_settled === 1,
  };
}

function batchOf(row: BatchRow): StoredProviderBatch {
  const { id, connection, model, endpoint, calls, created_at: createdAt, tries } = row;
  return {
    ...{ id, connection, model, endpoint, calls, createdAt, tries },
    hasBegun: row.has_begun === 1,
    providerId: row.provider_id ?? undefined,
    submittedAt: row.submitted_at ?? undefined,
  };
}
