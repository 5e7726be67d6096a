import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  renameAcceptance,
  runNotFound,
  RunTrigger,
  type Blobs,
  type PlanBundle,
  type RunAcceptance,
} from '@heddle/core';
import { z } from 'zod';
import { bundleTextInSlices } from '../../database/bundle-text.js';
import { damagedRow, parseStored } from '../../database/damage/damaged-row.js';
import { cleanText } from '../../postgres/clean-text.js';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import type { Statement } from '../../postgres/query.js';
import { isWholeBundle } from '../accepted-rows.js';
import { restoreLarge, storeLarge, toStoredJson } from '../records/large-values.js';
import { StoredAcceptance, storedFieldsOf } from '../stored-acceptance.js';

/** An acceptance as JSON. The columns have its names too, as far as Postgres takes them. */
const StoredRun = StoredAcceptance.extend({
  workflowId: z.string().optional(),
  workflowName: z.string(),
  rootId: z.string(),
  origin: z.string().optional(),
  trigger: RunTrigger,
  time: z.number(),
  needs: z.array(z.string()).optional(),
  workerClass: z.string().optional(),
});

/** Hours for which an idempotency key counts. */
export const keptHours = 24;

/** Bundles whose text is stored, as far as this process knows; it is sent only once. */
const mostKnown = 1_000;

/** Stores what runs are accepted with, and reads it. */
export class PostgresAcceptances {
  private readonly database: PostgresDatabase;
  private readonly blobs: Blobs;
  private readonly knownBundles = new Set<string>();

  constructor(database: PostgresDatabase, blobs: Blobs) {
    this.database = database;
    this.blobs = blobs;
  }

  /** Returns the hash of the bundle. Errors: `conflict`, `idempotency_conflict`, `bad_request`. */
  async accept(run: RunAcceptance, bundle: PlanBundle): Promise<string> {
    if (cleanText(run.runId) !== run.runId)
      throw new HeddleError('bad_request', 'The id of a run has a character that no id may have.');
    const { hash, text } = await bundleTextInSlices(bundle);
    const batch = randomUUID();
    const values = await this.valuesOf(run, hash, batch);
    const insert = (content: string | null): Promise<void> => this.insert(run, batch, [content, ...values]);
    if (this.knownBundles.has(hash)) {
      try {
        await insert(null);
        return hash;
      } catch (error) {
        // The bundle was removed with the last run that had it.
        if (sqlStateOf(error) !== '23503') throw error;
      }
    }
    await insert(text);
    if (this.knownBundles.size >= mostKnown) this.knownBundles.clear();
    this.knownBundles.add(hash);
    return hash;
  }

  /** What a run was accepted with. Errors: `run_not_found`. */
  async read(runId: string): Promise<RunAcceptance> {
    const [row] = await this.database.run<{
      readonly number: number;
      readonly acceptance: string;
      readonly blobs: string | null;
    }>({
      name: 'heddle-acceptance',
      sql: `SELECT number::float8 AS number, acceptance, blobs FROM ${this.database.schema}.runs WHERE id = $1`,
      values: [cleanText(runId)],
    });
    if (row === undefined) throw runNotFound(runId);
    const value = parseStored(row.acceptance, `runs/${row.number}`, `What run '${runId}' was accepted with`);
    if (row.blobs !== null) await restoreLarge(value, row.blobs, this.blobs);
    const { workflowId, origin, ...stored } = StoredRun.parse(renameAcceptance(value));
    return { ...stored, runId, workflowId, origin };
  }

  /** The bundle of a run, as text. Errors: `run_not_found`, `storage_corrupt`. */
  async bundle(runId: string): Promise<string> {
    const { schema } = this.database;
    const [row] = await this.database.run<{ readonly hash: string; readonly content: string }>({
      name: 'heddle-bundle',
      sql: `SELECT hash, content FROM ${schema}.bundles JOIN ${schema}.runs ON bundles.hash = runs.bundle WHERE runs.id = $1`,
      values: [cleanText(runId)],
    });
    if (row === undefined) throw runNotFound(runId);
    if (!isWholeBundle(row)) throw damagedRow(`bundles/${row.hash}`, `The workflow of run '${runId}'`);
    return row.content;
  }

  private async insert(run: RunAcceptance, batch: string, values: readonly unknown[]): Promise<void> {
    try {
      const [stored] = await this.database.run(insertStatement(this.database.schema, run, values));
      if (stored !== undefined || (await this.isStored(run.runId, batch))) return;
    } catch (error) {
      if (sqlStateOf(error) !== '23505') throw error;
      if (await this.isStored(run.runId, batch)) return;
      throw new HeddleError('conflict', `The run id '${run.runId}' is taken.`, { details: { runId: run.runId } });
    }
    const key = run.idempotency?.key;
    throw new HeddleError('idempotency_conflict', `The idempotency key '${key}' was used before.`, {
      details: { key },
    });
  }

  /** Whether this acceptance was stored by a try whose answer was lost. */
  private async isStored(runId: string, batch: string): Promise<boolean> {
    const rows = await this.database.run({
      sql: `SELECT 1 FROM ${this.database.schema}.runs WHERE id = $1 AND batch = $2`,
      values: [runId, batch],
    });
    return rows.length > 0;
  }

  private async valuesOf(run: RunAcceptance, bundleHash: string, batch: string): Promise<readonly unknown[]> {
    const { workflowId, workflowName, rootId, origin, trigger, time, needs, workerClass } = run;
    const fields = {
      workflowId,
      workflowName,
      rootId,
      origin,
      trigger,
      time,
      needs,
      workerClass,
      ...storedFieldsOf(run),
    };
    const { text, large } = toStoredJson(fields satisfies Record<keyof z.infer<typeof StoredRun>, unknown>);
    return [
      ...[bundleHash, run.runId, clean(workflowId), cleanText(workflowName), trigger, clean(origin)],
      ...[
        clean(run.replay?.of),
        run.version ?? null,
        run.caller === undefined ? null : JSON.stringify(run.caller),
        time,
      ],
      ...[text, large === undefined ? null : await storeLarge(large, this.blobs), batch],
      ...[needs ?? [], workerClass ?? 'cpu', cleanText(run.caller?.project ?? '')],
    ];
  }
}

const clean = (text: string | undefined): string | null => (text === undefined ? null : cleanText(text));

/** The run, its bundle and its idempotency key in one commit. A key that is taken gives no row. */
function insertStatement(schema: string, { idempotency, runId }: RunAcceptance, values: readonly unknown[]): Statement {
  const bundle = `b AS (INSERT INTO ${schema}.bundles (hash, content) SELECT $2, $1::text WHERE $1::text IS NOT NULL ON CONFLICT DO NOTHING)`;
  const columns =
    'bundle, id, workflow_id, workflow_name, status, run_trigger, origin, replay_of, version, caller, accepted_at, acceptance, blobs, batch, needs, class, project';
  const row = `$2, $3, $4, $5, 'queued', $6, $7, $8, $9::int, $10, $11::float8, $12, $13, $14::uuid, $15::text[], $16, $17`;
  const insert = `INSERT INTO ${schema}.runs (${columns}) SELECT ${row}`;
  if (idempotency === undefined)
    return { name: 'heddle-accept', sql: `WITH ${bundle} ${insert} RETURNING 1 AS stored`, values };
  const key = `k AS (
    INSERT INTO ${schema}.idempotency_keys AS known (scope, key, request_hash, run_id) VALUES ($18, $19, $20, $21)
    ON CONFLICT (scope, key) DO UPDATE SET request_hash = EXCLUDED.request_hash, run_id = EXCLUDED.run_id, used_at = clock_timestamp()
    WHERE known.used_at <= clock_timestamp() - interval '${keptHours} hours' RETURNING 1)`;
  const { scope, key: name, requestHash } = idempotency;
  return {
    name: 'heddle-accept-key',
    sql: `WITH ${bundle}, ${key} ${insert} WHERE EXISTS (SELECT 1 FROM k) RETURNING 1 AS stored`,
    values: [...values, cleanText(scope), cleanText(name), requestHash, runId],
  };
}

/** The code that the server gave, of an error of the database. */
const sqlStateOf = (error: unknown): unknown =>
  error instanceof HeddleError && error.code === 'storage_failed' ? error.details?.['code'] : undefined;
