import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  renameAcceptance,
  runNotFound,
  RunTrigger,
  type Blobs,
  type GuardedWrite,
  type PlanBundle,
  type RunAcceptance,
} from '@heddle/core';
import { z } from 'zod';
import { bundleTextInSlices } from '../../database/bundle-text.js';
import { damagedRow, parseStored } from '../../database/damage/damaged-row.js';
import { cleanText } from '../../postgres/clean-text.js';
import type { RunProjection } from '../../database/journal-projection.js';
import { guarded, unexpectedRows } from '../../postgres/guarded.js';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import { PipelineError } from '../../postgres/pipeline-error.js';
import type { Statement } from '../../postgres/query.js';
import { guardError } from '../../sql/guard-error.js';
import { lock } from '../../sql/lock.js';
import { isWholeBundle } from '../accepted-rows.js';
import { restoreLarge, storeLarge, toStoredJson } from '../records/large-values.js';
import { StoredAcceptance, storedFieldsOf } from '../stored-acceptance.js';

/** An acceptance as JSON. Its texts also have columns of their own, without the characters that Postgres refuses. */
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

/** How many bundles this process remembers as stored. The text of such a bundle is not sent again. */
const mostKnown = 1_000;
/** The most attempts to store a run while others remove its bundle. */
const mostTries = 10;

/** Stores and reads the acceptances of runs. */
export class PostgresAcceptances {
  private readonly database: PostgresDatabase;
  private readonly blobs: Blobs;
  private readonly projections: readonly RunProjection[];
  private readonly knownBundles = new Set<string>();

  constructor(database: PostgresDatabase, blobs: Blobs, projections: readonly RunProjection[]) {
    this.database = database;
    this.blobs = blobs;
    this.projections = projections;
  }

  /** Stores a run and returns the hash of its bundle. Errors: `conflict`, `bad_request`, and those of projections. */
  async accept(run: RunAcceptance, bundle: PlanBundle): Promise<string> {
    if (cleanText(run.runId) !== run.runId)
      throw new HeddleError('bad_request', 'The run id has a character that is not allowed in ids.');
    const { hash, text } = await bundleTextInSlices(bundle);
    const batch = randomUUID();
    const values = await this.valuesOf(run, hash, batch);
    const insert = (content: string | null): Promise<void> => this.insert(run, hash, batch, [content, ...values]);
    let content = this.knownBundles.has(hash) ? null : text;
    for (let tries = 1; ; tries += 1) {
      try {
        await insert(content);
        break;
      } catch (error) {
        // The bundle was removed together with the last run that used it.
        if (sqlStateOf(error) !== '23503' || tries === mostTries) throw error;
        content = text;
      }
    }
    if (this.knownBundles.size >= mostKnown) this.knownBundles.clear();
    this.knownBundles.add(hash);
    return hash;
  }

  /** The acceptance of a run. Errors: `run_not_found`. */
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
    const value = parseStored(row.acceptance, `runs/${row.number}`, `The acceptance of run '${runId}'`);
    if (row.blobs !== null) await restoreLarge(value, row.blobs, this.blobs);
    const { workflowId, origin, ...stored } = StoredRun.parse(renameAcceptance(value));
    return { ...stored, runId, workflowId, origin };
  }

  /** The text of a run's bundle. Errors: `run_not_found`, `storage_corrupt`. */
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

  private async insert(run: RunAcceptance, hash: string, batch: string, values: readonly unknown[]): Promise<void> {
    const before = [...originOf(run), ...this.projections.flatMap(({ admit }) => admit?.(run) ?? [])];
    const after = this.projections.flatMap(({ accept }) => accept?.(run, hash) ?? []);
    if (before.length + after.length > 0) return this.insertWith(run, batch, values, { before, after });
    try {
      await this.database.run(insertStatement(this.database.schema, values));
    } catch (error) {
      if (sqlStateOf(error) !== '23505') throw error;
      if (!(await this.isStored(run.runId, batch))) throw takenId(run);
    }
  }

  /** Inserts a run in one transaction with the writes of projections. */
  private async insertWith(
    run: RunAcceptance,
    batch: string,
    values: readonly unknown[],
    { before, after }: { readonly before: readonly GuardedWrite[]; readonly after: readonly GuardedWrite[] },
  ): Promise<void> {
    const { schema } = this.database;
    try {
      await this.database.pipeline([
        ...before.map((write) => guarded(write, schema)),
        insertStatement(schema, values),
        ...after.map((write) => guarded(write, schema)),
      ]);
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      // The answer to an earlier attempt was lost, and that attempt changed what the guards read.
      if (await this.isStored(run.runId, batch)) return;
      const { position, code, failure } = error;
      if (position === before.length) throw code === '23505' ? takenId(run) : failure;
      const write = before[position] ?? after[position - before.length - 1];
      throw code === unexpectedRows && write !== undefined ? guardError(write) : failure;
    }
  }

  /** Whether an earlier attempt whose answer was lost stored this acceptance. */
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

/**
 * Locks the run that the accepted run continues. A removal of that run waits for this commit and then finds the accepted run. Errors:
 * `run_not_found` if that run was removed before.
 */
const originOf = ({ origin }: RunAcceptance): readonly GuardedWrite[] =>
  origin === undefined ? [] : [lock('runs', origin, () => runNotFound(origin))];

const takenId = ({ runId }: RunAcceptance): HeddleError =>
  new HeddleError('conflict', `The run id '${runId}' is taken.`, { details: { runId } });

const clean = (text: string | undefined): string | null => (text === undefined ? null : cleanText(text));

function insertStatement(schema: string, values: readonly unknown[]): Statement {
  const bundle = `b AS (INSERT INTO ${schema}.bundles (hash, content) SELECT $2, $1::text WHERE $1::text IS NOT NULL ON CONFLICT DO NOTHING)`;
  const columns =
    'bundle, id, workflow_id, workflow_name, status, run_trigger, origin, replay_of, version, caller, accepted_at, acceptance, blobs, batch, needs, class, project';
  const row = `$2, $3, $4, $5, 'queued', $6, $7, $8, $9::int, $10, $11::float8, $12, $13, $14::uuid, $15::text[], $16, $17`;
  const sql = `WITH ${bundle} INSERT INTO ${schema}.runs (${columns}) SELECT ${row}`;
  return { name: 'heddle-accept', sql, values };
}

/** The SQLSTATE that the server sent, from an error of the database. */
const sqlStateOf = (error: unknown): unknown =>
  error instanceof HeddleError && error.code === 'storage_failed' ? error.details?.['code'] : undefined;
