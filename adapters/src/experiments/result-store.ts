import { Label, type KeptResult } from '@heddle/core';
import { z } from 'zod';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** Where a result is looked for. */
export interface ResultScope {
  readonly project: string;
  /** The experiment, or empty for what all experiments of the project share. */
  readonly scope: string;
  readonly experiment: string;
}

/** How much the results of a project hold, in bytes, and after how many new ones that is checked. */
export interface ResultBounds {
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

/** Longer results are computed again. */
const mostBytes = 1_048_576;
/** The most that the results of a project hold; the oldest leave. */
const mostOfProject = 67_108_864;
/** Older results are not found: the model behind a name can have changed. */
const mostAgeMs = 30 * 86_400_000;
/** Looking for what has to leave reads all sizes, so it happens only now and then. */
const trimEvery = 256;

/** Results that runs of experiments take over from each other, in heddle.db. */
export class ResultStore {
  private readonly database: HeddleDatabase;
  private readonly statements: ReturnType<typeof prepareStatements>;
  private readonly bounds: ResultBounds;
  private untilTrim = 0;

  constructor(database: HeddleDatabase, bounds: ResultBounds = { most: mostOfProject, every: trimEvery }) {
    this.database = database;
    this.statements = prepareStatements(database);
    this.bounds = bounds;
  }

  find({ project, scope }: ResultScope, hash: string, now: number): KeptResult | undefined {
    return this.within(() => {
      const found = this.statements.find.get(project, scope, hash, now - mostAgeMs);
      if (found === undefined) return undefined;
      return {
        run: found.run,
        outputs: Outputs.parse(JSON.parse(found.outputs)),
        saved: Saved.parse(JSON.parse(found.saved)),
      };
    });
  }

  /**
   * Stores a result, if JSON can hold it without loss. A stored result is not replaced while it is valid, so that all runs reuse the same one; an expired
   * one is replaced.
   */
  keep({ project, scope, experiment }: ResultScope, hash: string, result: KeptResult, now: number): void {
    const outputs = JSON.stringify(result.outputs);
    const bytes = Buffer.byteLength(outputs);
    if (bytes > mostBytes || !isPlain(result.outputs)) return;
    this.within(() => {
      const saved = JSON.stringify(result.saved);
      this.statements.forget.run(project, scope, hash, now - mostAgeMs);
      this.statements.keep.run(project, scope, hash, experiment, result.run, outputs, saved, bytes, now);
      if (this.untilTrim > 0) {
        this.untilTrim -= 1;
        return;
      }
      this.untilTrim = this.bounds.every;
      this.statements.trim.run({ project, most: this.bounds.most });
    });
  }

  /** What the model of a connection is reached by: it changes with the connection. */
  connectionChanged(id: string): number | undefined {
    return this.within(() => this.statements.connection.get(id));
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}

function prepareStatements({ connection }: HeddleDatabase) {
  return {
    find: connection.prepare<[string, string, string, number], ResultRecord>(
      'SELECT run, outputs, saved FROM experiment_results WHERE project = ? AND scope = ? AND hash = ? AND stored_at > ?',
    ),
    forget: connection.prepare<[string, string, string, number]>(
      'DELETE FROM experiment_results WHERE project = ? AND scope = ? AND hash = ? AND stored_at <= ?',
    ),
    keep: connection.prepare<[string, string, string, string, string, string, string, number, number]>(
      'INSERT OR IGNORE INTO experiment_results (project, scope, hash, experiment, run, outputs, saved, bytes, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    trim: connection.prepare<{ readonly project: string; readonly most: number }>(`
      DELETE FROM experiment_results WHERE number IN (
        SELECT number FROM (
          SELECT number, sum(bytes) OVER (ORDER BY number DESC) AS newer FROM experiment_results WHERE project = @project
        ) WHERE newer > @most)`),
    connection: connection.prepare<[string], number>('SELECT updated_at FROM connections WHERE id = ?').pluck(),
  };
}

/** JSON has no NaN, no bytes and no dates: a result with one would come back as something else. */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object') return value === undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every(isPlain);
}
