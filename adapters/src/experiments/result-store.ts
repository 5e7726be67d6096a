import { Label, type GuardedWrite, type StoredResult, type Tables } from '@heddle/core';
import { z } from 'zod';

interface ResultScope {
  readonly project: string;
  /** The id of an experiment, or an empty text for the results that all experiments of the project share. */
  readonly scope: string;
  readonly experiment: string;
}

/** The most bytes that the results of a project may have, and after how many new results this is checked. */
interface ResultBounds {
  readonly most: number;
  readonly every: number;
}

interface ResultRecord {
  readonly run: string;
  readonly outputs: string;
  readonly saved: string;
}

const Outputs = z.record(z.string(), z.object({ value: z.unknown(), label: Label }));
const Saved = z.object({
  ms: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cost: z.number(),
  currency: z.string().optional(),
});

/** In bytes. Larger results are not stored; they are computed again. */
const mostBytes = 1_048_576;
/** In bytes, for all results of a project. Beyond it, the oldest results are deleted. */
const mostOfProject = 67_108_864;
/** Older results are not reused: the model behind a name can have changed. */
const mostAgeMs = 30 * 86_400_000;
/** The check reads the sizes of all results, so it runs only after this many new results. */
const trimEvery = 256;

/** Stores results that runs of experiments reuse, in any database. */
export class ResultStore {
  private readonly tables: Tables;
  private readonly bounds: ResultBounds;
  private readonly connection: (values: { id: string }) => Promise<{ readonly changed: number } | undefined>;
  private untilTrim = 0;

  constructor(tables: Tables, bounds: ResultBounds = { most: mostOfProject, every: trimEvery }) {
    this.tables = tables;
    this.bounds = bounds;
    this.connection = tables.lookup('SELECT updated_at AS changed FROM connections WHERE id = @id');
  }

  async find({ project, scope }: ResultScope, hash: string, now: number): Promise<StoredResult | undefined> {
    const sql = `SELECT run, outputs, saved FROM experiment_results
      WHERE project = @project AND scope = @scope AND hash = @hash AND stored_at > @since`;
    const found = await this.tables.get<ResultRecord>(sql, { project, scope, hash, since: now - mostAgeMs });
    if (found === undefined) return undefined;
    return {
      run: found.run,
      outputs: Outputs.parse(JSON.parse(found.outputs)),
      saved: Saved.parse(JSON.parse(found.saved)),
    };
  }

  /**
   * Stores a result if JSON can hold it without loss. A valid stored result is not replaced, so that all runs reuse the same one; an
   * expired one is replaced.
   */
  async keep(scope: ResultScope, hash: string, result: StoredResult, now: number): Promise<void> {
    const outputs = JSON.stringify(result.outputs);
    const bytes = Buffer.byteLength(outputs);
    if (bytes > mostBytes || !isPlain(result.outputs)) return;
    const values = {
      project: scope.project,
      scope: scope.scope,
      hash,
      experiment: scope.experiment,
      run: result.run,
      outputs,
      saved: JSON.stringify(result.saved),
      bytes,
      now,
      expired: now - mostAgeMs,
    };
    await this.tables.note([{ sql: keepSql, values }, ...this.trimming(scope.project)]);
  }

  /** The time of the last change of a connection. A change may lead to another model, so results from before it are not reused. */
  async connectionChanged(id: string): Promise<number | undefined> {
    return (await this.connection({ id }))?.changed;
  }

  private trimming(project: string): readonly GuardedWrite[] {
    if (this.untilTrim > 0) {
      this.untilTrim -= 1;
      return [];
    }
    this.untilTrim = this.bounds.every;
    return [{ sql: trimSql, values: { project, most: this.bounds.most } }];
  }
}

const keepSql = `INSERT INTO experiment_results (project, scope, hash, experiment, run, outputs, saved, bytes, stored_at)
  VALUES (@project, @scope, @hash, @experiment, @run, @outputs, @saved, @bytes, @now)
  ON CONFLICT (project, scope, hash) DO UPDATE SET experiment = excluded.experiment, run = excluded.run, outputs = excluded.outputs,
    saved = excluded.saved, bytes = excluded.bytes, stored_at = excluded.stored_at WHERE experiment_results.stored_at <= @expired`;

const trimSql = `DELETE FROM experiment_results WHERE number IN (
  SELECT number FROM (
    SELECT number, sum(bytes) OVER (ORDER BY stored_at DESC, number DESC) AS newer FROM experiment_results WHERE project = @project
  ) AS sized WHERE newer > @most)`;

/**
 * Whether JSON keeps the value as it is. JSON has no NaN, no bytes and no dates: a result with one of these would be read back as something
 * else.
 */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object') return value === undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every(isPlain);
}
