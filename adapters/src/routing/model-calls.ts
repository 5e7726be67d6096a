import {
  splitModelId,
  type Clock,
  type MeasuredLatency,
  type RunRecord,
  type StatementValues,
  type Tables,
} from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import { createModelSpeeds, type ModelSpeeds } from './model-speeds.js';
import { percentile } from './percentile.js';

type SpendGroup = 'day' | 'model' | 'workflow' | 'connection' | 'key';

interface SpendQuery {
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  /** Epoch milliseconds, exclusive. */
  readonly to: number;
  readonly by: SpendGroup;
}

/** The spend of one group in one currency. Calls without a price have no currency. */
interface SpendRow {
  /** The day as `YYYY-MM-DD` (UTC), or an id; empty for calls without one. */
  readonly name: string;
  readonly currency: string | null;
  readonly money: number;
  readonly calls: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The input tokens that providers read from their prompt caches, and those that they wrote to them. */
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  /** The savings by those caches, in the currency. */
  readonly cacheSaved: number;
  /** The calls that were answered in batches of providers, and the savings. */
  readonly batched: number;
  readonly batchSaved: number;
  readonly seconds: number;
}

interface ModelCallsOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** How many of a model's latest calls its latency is measured on. Default 200. */
  readonly samples?: number;
}

/** All model calls that the journal has committed. */
export interface ModelCalls extends ModelSpeeds {
  readonly projection: RunProjection;
  /** Percentiles over the latest successful calls; undefined before the first one. */
  latency(model: string): Promise<MeasuredLatency | undefined>;
  /** The models that generated text in a run, in the order of their first calls. */
  modelsOf(runId: string): Promise<readonly string[]>;
  spend(query: SpendQuery): Promise<readonly SpendRow[]>;
  /** Stores a call outside runs, such as that of a judge. It counts for spend, latency and speed like calls of runs. */
  keepCall(call: OutsideCall): Promise<void>;
}

/** A model call outside runs. */
interface OutsideCall {
  /** What it belongs to, such as the id of an evaluation. */
  readonly owner: string;
  readonly workflow: string | undefined;
  readonly key: string | undefined;
  readonly record: Extract<RunRecord, { type: 'model-call' }>;
}

type ModelCall = Extract<RunRecord, { type: 'model-call' }>;

const week = 7 * 24 * 3_600_000;
/** For how many milliseconds percentiles are cached although new calls came in. */
const freshMs = 1_000;

const dayMs = 86_400_000;

const groups: Readonly<Record<SpendGroup, string>> = {
  day: `floor(started / ${dayMs})`,
  model: 'model',
  workflow: "coalesce(workflow, '')",
  connection: "coalesce(connection, '')",
  key: "coalesce(api_key, '')",
};

const columns =
  'path, model, connection, kind, is_local, started, ms, first_token_ms, input_tokens, output_tokens, cached_tokens, cache_write_tokens, cache_saved, batch_saved, is_batched, cost, currency, error';
const values =
  '@path, @model, @connection, @kind, @isLocal, @started, @ms, @firstTokenMs, @inputTokens, @outputTokens, @cachedTokens, @cacheWriteTokens, @cacheSaved, @batchSaved, @isBatched, @cost, @currency, @error';

/** Stores the calls of runs in the commit of their records. */
const callsOfRuns: RunProjection = {
  types: ['model-call'],
  write: (run, records) =>
    records.flatMap((record) =>
      record.type !== 'model-call'
        ? []
        : [
            {
              sql: `INSERT INTO model_calls (run, workflow, api_key, ${columns})
                SELECT id, workflow_id, JSON_TEXT(caller, key), ${values} FROM runs WHERE id = @run`,
              values: { run, ...rowOf(record) },
            },
          ],
    ),
};

/** Stores model calls in any database. @example const calls = createModelCalls(sqliteTables(database), { clock }); */
export function createModelCalls(tables: Tables, { clock, samples = 200 }: ModelCallsOptions): ModelCalls {
  const known = new Map<string, { readonly at: number; readonly latency: MeasuredLatency | undefined }>();
  return {
    projection: callsOfRuns,
    async latency(model) {
      const now = clock.now();
      const kept = known.get(model);
      if (kept !== undefined && Math.abs(now - kept.at) < freshMs) return kept.latency;
      const latency = measure(await tables.all<LatencyRow>(latestSql, { model, since: now - week, samples }));
      known.set(model, { at: now, latency });
      return latency;
    },
    ...createModelSpeeds(tables, { clock, samples }),
    keepCall: ({ owner, workflow = null, key = null, record }) =>
      tables.note([
        {
          sql: `INSERT INTO model_calls (run, workflow, api_key, ${columns}) VALUES (@run, @workflow, @key, ${values})`,
          values: { run: owner, workflow, key, ...rowOf(record) },
        },
      ]),
    async modelsOf(runId) {
      const sql = `SELECT model FROM model_calls WHERE run = @runId AND kind = 'generate' AND error IS NULL
        GROUP BY model ORDER BY min(number)`;
      return (await tables.all<{ readonly model: string }>(sql, { runId })).map(({ model }) => model);
    },
    async spend({ from, to, by }) {
      const rows = await tables.all<SpendRow & { readonly name: string | number }>(spendSql(by), { from, to });
      return rows.map((row) => ({ ...row, name: nameOf(row.name) }));
    },
  };
}

interface LatencyRow {
  readonly ms: number;
  readonly first: number | null;
}

const latestSql = `SELECT ms, first_token_ms AS first FROM model_calls
  WHERE model = @model AND error IS NULL AND kind <> 'trial' AND is_batched = 0 AND started >= @since ORDER BY number DESC LIMIT @samples`;

const total = (column: string): string => `sum(CAST(${column} AS double precision))`;

const spendSql = (
  by: SpendGroup,
): string => `SELECT ${groups[by]} AS name, currency, ${total('coalesce(cost, 0)')} AS money,
    count(*) AS calls, count(error) AS failed, ${total('input_tokens')} AS "inputTokens", ${total('output_tokens')} AS "outputTokens",
    ${total('cached_tokens')} AS "cachedTokens", ${total('cache_write_tokens')} AS "cacheWriteTokens", ${total('cache_saved')} AS "cacheSaved",
    ${total('is_batched')} AS batched, ${total('batch_saved')} AS "batchSaved", ${total('ms')} / 1000.0 AS seconds
  FROM model_calls WHERE started >= @from AND started < @to AND kind <> 'trial' GROUP BY 1, 2
  ORDER BY ${by === 'day' ? '1' : 'money DESC, calls DESC, 1'}`;

/** Days are stored as the number of days since the epoch. */
const nameOf = (name: string | number): string =>
  typeof name === 'string' ? name : new Date(name * dayMs).toISOString().slice(0, 10);

function rowOf({ path, model, kind, isLocal, started, time, batch, usage, error }: ModelCall): StatementValues {
  return {
    path,
    model,
    kind,
    started,
    isLocal: isLocal ? 1 : 0,
    ms: Math.max(0, time - started),
    connection: splitModelId(model).connection ?? null,
    firstTokenMs: usage?.firstTokenMs ?? null,
    inputTokens: usage?.inputTokens ?? 0,
    outputTokens: usage?.outputTokens ?? 0,
    cachedTokens: usage?.cachedTokens ?? 0,
    cacheWriteTokens: usage?.cacheWriteTokens ?? 0,
    cacheSaved: usage?.cacheSaved ?? 0,
    batchSaved: usage?.batchSaved ?? 0,
    isBatched: batch === undefined ? 0 : 1,
    cost: usage?.cost ?? null,
    currency: usage?.currency ?? null,
    error: error?.code ?? null,
  };
}

function measure(rows: readonly LatencyRow[]): MeasuredLatency | undefined {
  if (rows.length === 0) return undefined;
  const ms = rows.map((row) => row.ms).sort((a, b) => a - b);
  const first = rows.flatMap((row) => (row.first === null ? [] : [row.first])).sort((a, b) => a - b);
  return {
    samples: ms.length,
    p50: percentile(ms, 0.5),
    p95: percentile(ms, 0.95),
    ...(first.length === 0 ? {} : { firstTokenP50: percentile(first, 0.5) }),
  };
}
