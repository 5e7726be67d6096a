import { HeddleError, LabelLevel, type AtProvider, type GuardedWrite, type Tables } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import { newId } from '../identity/secret-token.js';
import { isDone } from '../sql/is-done.js';
import {
  batchOf,
  callColumns,
  callOf,
  type BatchedCall,
  type BatchRow,
  type CallResult,
  type CallRow,
  type NewBatchedCall,
  type StoredProviderBatch,
} from './batched-call.js';

/** The connection, model and API that all calls of a batch share. */
type BatchGroup = Pick<StoredProviderBatch, 'connection' | 'model' | 'endpoint'>;

/** How many batches may contain a call before it is given up. */
const mostTries = 2;
const rowsAtOnce = 500;
/** How long ended batches are kept. A search for a batch whose reply was lost must not mistake one of them for it. */
const keptMs = 7 * 86_400_000;
const longestWaitMs = 3_600_000;

const ofGroup = `state = 'waiting' AND connection = @connection AND model = @model AND endpoint = @endpoint
  AND coalesce(workflow, '') NOT IN (EACH @without)`;

/** Handles calls that their batch did not answer: they go into another batch, unless they were already in `mostTries` batches. */
const withoutAnswer = `UPDATE provider_batch_calls SET
    body = CASE WHEN tries < ${mostTries} AND @passes = '1' THEN coalesce(@body, body) ELSE '' END,
    created_at = CASE WHEN tries < ${mostTries} AND @passes = '1' THEN @now ELSE created_at END,
    batch = CASE WHEN tries < ${mostTries} AND @passes = '1' THEN NULL ELSE batch END,
    state = CASE WHEN tries < ${mostTries} AND @passes = '1' THEN 'waiting' WHEN falls_back = 1 THEN 'ordinary' ELSE 'failed' END,
    problem = @problem
  WHERE batch = @batch AND state = 'submitted' AND number >= @from AND number <= @to`;

/**
 * Stores model calls that are answered in batches of their providers.
 *
 * - A call is in one batch at a time. The commit that creates the batch adds the call, even if two processes create batches.
 * - A batch is stored before it is submitted to the provider, and only one process at a time submits it.
 * - When its run ends, a call is removed; if a batch contains it, it is abandoned.
 *
 * @example const store = new ProviderBatchStore(tables); const [batch] = await store.due(clock.now());
 */
export class ProviderBatchStore {
  readonly projection: RunProjection;
  readonly write = providerBatchWrites;
  private readonly tables: Tables;

  constructor(tables: Tables) {
    this.tables = tables;
    this.projection = {
      types: ['run-end'],
      concerns: 'SELECT 1 FROM provider_batch_calls WHERE run = @run LIMIT 1',
      write: (run) => [
        // Waits for commits that create a batch or store an answer. So the statements after it see the current state of the calls.
        { sql: 'UPDATE provider_batch_calls SET state = state WHERE run = @run', values: { run } },
        {
          sql: "UPDATE provider_batch_calls SET state = 'abandoned', body = '' WHERE run = @run AND state = 'submitted'",
          values: { run },
        },
        {
          sql: "DELETE FROM provider_batch_calls WHERE run = @run AND state NOT IN ('submitted', 'abandoned')",
          values: { run },
        },
      ],
    };
  }

  async find(run: string, key: string): Promise<BatchedCall | undefined> {
    const sql = `SELECT ${callColumns} FROM provider_batch_calls WHERE run = @run AND key = @key`;
    const row = await this.tables.get<CallRow>(sql, { run, key });
    return row === undefined ? undefined : callOf(row);
  }

  /** The answer of an `answered` call. Errors: `internal` if it has none. */
  async answerOf(number: number): Promise<string> {
    const sql = 'SELECT answer FROM provider_batch_calls WHERE number = @number';
    const answer = (await this.tables.get<{ readonly answer: string | null }>(sql, { number }))?.answer;
    if (typeof answer !== 'string') throw new HeddleError('internal', `The batched call ${number} has no answer.`);
    return answer;
  }

  /** Errors: `conflict` if the run has a call with this key already. */
  async add({ workflow, fallsBack, ...call }: NewBatchedCall, now: number): Promise<void> {
    const sql = `INSERT INTO provider_batch_calls (run, key, path, failures, workflow, owner, connection, model, endpoint, level, falls_back,
        input_tokens, output_tokens, most, body, state, tries, created_at, is_settled)
      VALUES (@run, @key, @path, @failures, @workflow, @owner, @connection, @model, @endpoint, @level, @fallsBack,
        @inputTokens, @outputTokens, @most, @body, 'waiting', 0, @now, 0)`;
    const values = { ...call, workflow: workflow ?? null, fallsBack: fallsBack ? 1 : 0, now };
    await this.tables.note([{ sql, values }]);
  }

  /** Sends the call again for another attempt of its node. Errors: `conflict` if the call has not ended. */
  async askAgain(
    number: number,
    { failures, body }: Pick<NewBatchedCall, 'failures' | 'body'>,
    now: number,
  ): Promise<void> {
    const sql = `UPDATE provider_batch_calls SET state = 'waiting', tries = 0, batch = NULL, answer = NULL, problem = NULL, is_settled = 0,
      failures = @failures, body = @body, created_at = @now WHERE number = @number AND state IN ('answered', 'failed')`;
    await this.tables.note([{ sql, values: { number, failures, body, now }, rows: 1 }]);
  }

  /** Counts the waiting calls by connection, model and API, without those of the given workflows. */
  groups(
    without: readonly string[],
  ): Promise<readonly (BatchGroup & { readonly calls: number; readonly oldest: number })[]> {
    const sql = `SELECT connection, model, endpoint, count(*) AS calls, min(created_at) AS oldest FROM provider_batch_calls
      WHERE state = 'waiting' AND coalesce(workflow, '') NOT IN (EACH @without) GROUP BY connection, model, endpoint`;
    return this.tables.all(sql, { without: JSON.stringify(without) });
  }

  /** Creates a batch of the oldest waiting calls, as many as fit. Undefined if none is waiting, or if another process was quicker. */
  async open(
    { connection, model, endpoint }: BatchGroup,
    bounds: { readonly calls: number; readonly bytes: number; readonly without: readonly string[] },
    now: number,
  ): Promise<string | undefined> {
    const group = { connection, model, endpoint, without: JSON.stringify(bounds.without) };
    const found = await this.tables.all<{ readonly number: number; readonly bytes: number }>(
      `SELECT number, length(body) AS bytes FROM provider_batch_calls WHERE ${ofGroup} ORDER BY number LIMIT @calls`,
      { ...group, calls: bounds.calls },
    );
    let bytes = 0;
    const fits = found.findIndex((row, index) => (bytes += row.bytes) > bounds.bytes && index > 0);
    const numbers = (fits === -1 ? found : found.slice(0, fits)).map(({ number }) => number);
    const last = numbers.at(-1);
    if (last === undefined) return undefined;
    const id = newId('pb');
    const opened = this.tables.commit([
      {
        sql: `UPDATE provider_batch_calls SET state = 'submitted', batch = @id, tries = tries + 1 WHERE ${ofGroup} AND number <= @last`,
        values: { ...group, id, last },
        rows: numbers.length,
      },
      {
        sql: `INSERT INTO provider_batches (id, connection, model, endpoint, state, calls, created_at, next_at, tries, has_begun)
          VALUES (@id, @connection, @model, @endpoint, 'submitting', @calls, @now, @now, 0, 0)`,
        values: { id, connection, model, endpoint, calls: numbers.length, now },
      },
    ]);
    return (await isDone(opened)) ? id : undefined;
  }

  /** The batches to submit or to check now. A time too far in the future was set by a wrong clock, so such a batch is due too. */
  async due(now: number): Promise<readonly StoredProviderBatch[]> {
    const sql = `SELECT * FROM provider_batches WHERE state IN ('submitting', 'submitted') AND (next_at <= @now OR next_at > @tooFar)
      ORDER BY next_at, id`;
    return (await this.tables.all<BatchRow>(sql, { now, tooFar: now + longestWaitMs })).map(batchOf);
  }

  /** Whether any batch or call is not finished. */
  async hasWork(): Promise<boolean> {
    const sql = `SELECT 1 AS found FROM provider_batches WHERE state <> 'ended' UNION ALL SELECT 1 FROM provider_batch_calls LIMIT 1`;
    return (await this.tables.get(sql)) !== undefined;
  }

  /** The calls of a batch with their numbers, without those of ended runs. */
  lines(batch: string): Promise<readonly { readonly number: number; readonly body: string }[]> {
    const sql =
      "SELECT number, body FROM provider_batch_calls WHERE batch = @batch AND state = 'submitted' ORDER BY number";
    return this.tables.all(sql, { batch });
  }

  /** The label levels of the calls in a batch. */
  async levels(batch: string): Promise<readonly LabelLevel[]> {
    const sql = "SELECT DISTINCT level FROM provider_batch_calls WHERE batch = @batch AND state = 'submitted'";
    const rows = await this.tables.all<{ readonly level: string }>(sql, { batch });
    return rows.map(({ level }) => LabelLevel.parse(level));
  }

  /**
   * Records that the batch is about to be submitted, so that it is searched for after a crash. Returns false if another process has begun
   * since the batch was read.
   */
  begin({ id, begun }: Pick<StoredProviderBatch, 'id' | 'begun'>): Promise<boolean> {
    const sql = `UPDATE provider_batches SET has_begun = has_begun + 1 WHERE id = @id AND state = 'submitting' AND has_begun = @begun`;
    return isDone(this.tables.commit([{ sql, values: { id, begun }, rows: 1 }]));
  }

  /** Sets the time of the next check. Does not change a batch that has ended. */
  async later(batch: string, nextAt: number, problem?: string): Promise<void> {
    const sql = `UPDATE provider_batches SET next_at = @nextAt, tries = tries + 1, problem = @problem WHERE id = @batch AND state <> 'ended'`;
    await this.tables.note([{ sql, values: { batch, nextAt, problem: problem ?? null } }]);
  }

  /** The provider's ids of all stored batches of a connection. */
  async known(connection: string): Promise<ReadonlySet<string>> {
    const sql =
      'SELECT provider_id AS id FROM provider_batches WHERE connection = @connection AND provider_id IS NOT NULL';
    return new Set((await this.tables.all<{ readonly id: string }>(sql, { connection })).map(({ id }) => id));
  }

  /** Whether a run still waits for a call of this batch. */
  async isWanted(batch: string): Promise<boolean> {
    const sql = "SELECT 1 AS found FROM provider_batch_calls WHERE batch = @batch AND state = 'submitted' LIMIT 1";
    return (await this.tables.get(sql, { batch })) !== undefined;
  }

  /** Stores results of a batch. Results that were stored before change nothing. Returns the calls in the results whose runs have ended. */
  async take(
    { id: batch, providerId }: Pick<StoredProviderBatch, 'id' | 'providerId'>,
    results: readonly CallResult[],
    now: number,
  ): Promise<readonly BatchedCall[]> {
    await this.tables.note(
      results.map((result) =>
        'answer' in result
          ? {
              sql: `UPDATE provider_batch_calls SET state = 'answered', answer = @answer, provider_id = @providerId, body = ''
                WHERE batch = @batch AND state = 'submitted' AND number = @number`,
              values: { batch, number: result.number, answer: result.answer, providerId: providerId ?? null },
            }
          : failed(batch, result, now),
      ),
    );
    // The runs of these calls have ended. Their answers are not needed, but they may have a cost.
    const sql = `SELECT ${callColumns} FROM provider_batch_calls WHERE batch = @batch AND state = 'abandoned' ORDER BY number`;
    const numbers = new Set(results.map(({ number }) => number));
    return (await this.tables.all<CallRow>(sql, { batch })).map(callOf).filter(({ number }) => numbers.has(number));
  }

  /** Ends a batch. Calls without a result count as unanswered. Returns false while more of them are left. */
  async end({ id: batch }: StoredProviderBatch, problem: string, passes: boolean, now: number): Promise<boolean> {
    const sql =
      "SELECT number FROM provider_batch_calls WHERE batch = @batch AND state = 'submitted' ORDER BY number LIMIT @most";
    const left = await this.tables.all<{ readonly number: number }>(sql, { batch, most: rowsAtOnce });
    const from = left[0]?.number;
    const to = left.at(-1)?.number;
    if (from !== undefined && to !== undefined) {
      await this.tables.note([failed(batch, { from, to, problem, passes }, now)]);
      return false;
    }
    await this.tables.note([
      { sql: "DELETE FROM provider_batch_calls WHERE batch = @batch AND state = 'abandoned'", values: { batch } },
      {
        sql: "UPDATE provider_batches SET state = 'ended', next_at = @now, problem = NULL WHERE id = @batch",
        values: { batch, now },
      },
      {
        sql: "DELETE FROM provider_batches WHERE state = 'ended' AND next_at < @before",
        values: { before: now - keptMs },
      },
    ]);
    return true;
  }

  /** The calls whose runs can continue. */
  async ended(): Promise<readonly BatchedCall[]> {
    const sql = `SELECT ${callColumns} FROM provider_batch_calls WHERE state IN ('answered', 'failed', 'ordinary') ORDER BY number`;
    return (await this.tables.all<CallRow>(sql)).map(callOf);
  }

  /** Calls that have, or will have, a budget reservation. */
  async unsettled(): Promise<readonly BatchedCall[]> {
    const sql = `SELECT ${callColumns} FROM provider_batch_calls WHERE is_settled = 0 AND state <> 'ordinary' ORDER BY number`;
    return (await this.tables.all<CallRow>(sql)).map(callOf);
  }

  async settle(number: number): Promise<void> {
    await this.tables.note([this.settleWrite(number)]);
  }

  /** Marks a call as settled, in the commit that counts its cost. */
  settleWrite(number: number): GuardedWrite {
    return { sql: 'UPDATE provider_batch_calls SET is_settled = 1 WHERE number = @number', values: { number } };
  }

  /** The calls for which an experiment or a batch of runs is waiting, in how many runs, and their highest possible cost. */
  async waitingOf(owner: string): Promise<AtProvider & { readonly runs: number; readonly most: number }> {
    const counts = await this.tables.all<{
      readonly state: string;
      readonly calls: number;
      readonly runs: number;
      readonly most: number;
    }>(
      `SELECT state, count(*) AS calls, count(DISTINCT run) AS runs, sum(most) AS most FROM provider_batch_calls
        WHERE owner = @owner AND state IN ('waiting', 'submitted') GROUP BY state`,
      { owner },
    );
    const found = new Map(counts.map((row) => [row.state, row]));
    const oldest = found.has('submitted') ? await this.oldestOf(owner) : undefined;
    const { since, problem } = oldest ?? {};
    return {
      gathered: found.get('waiting')?.calls ?? 0,
      submitted: found.get('submitted')?.calls ?? 0,
      most: (found.get('waiting')?.most ?? 0) + (found.get('submitted')?.most ?? 0),
      runs: (found.get('waiting')?.runs ?? 0) + (found.get('submitted')?.runs ?? 0),
      ...(typeof since === 'number' ? { since } : {}),
      ...(typeof problem === 'string' ? { problem } : {}),
    };
  }

  private oldestOf(owner: string) {
    return this.tables.get<{ readonly since: number | null; readonly problem: string | null }>(
      `SELECT min(submitted_at) AS since, max(problem) AS problem FROM provider_batches
        WHERE id IN (SELECT batch FROM provider_batch_calls WHERE owner = @owner AND state = 'submitted')`,
      { owner },
    );
  }
}

/** Changes of batches, committed together with their audit event. */
const providerBatchWrites = {
  /** Errors of the commit: `conflict` if it was submitted before. */
  submitted: (batch: string, providerId: string, now: number, nextAt: number): GuardedWrite => ({
    sql: `UPDATE provider_batches SET state = 'submitted', provider_id = @providerId, submitted_at = @now, next_at = @nextAt, tries = 0,
      problem = NULL WHERE id = @batch AND state = 'submitting'`,
    values: { batch, providerId, now, nextAt },
    rows: 1,
  }),
};

/** Marks calls in a range of numbers, or a single call, as unanswered by the batch. */
function failed(
  batch: string,
  result: { readonly problem: string; readonly passes: boolean; readonly body?: string | undefined } & (
    { readonly number: number } | { readonly from: number; readonly to: number }
  ),
  now: number,
): GuardedWrite {
  const { from, to } = 'number' in result ? { from: result.number, to: result.number } : result;
  const { problem, passes, body = null } = result;
  return { sql: withoutAnswer, values: { batch, from, to, problem, passes: passes ? '1' : '0', body, now } };
}
