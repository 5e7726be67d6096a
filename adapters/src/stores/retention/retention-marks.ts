import type { Tables } from '@heddle/core';

/** What may be removed of a class: data that was marked long enough ago and is still old enough. */
export interface MarkedLimit {
  /** Epoch milliseconds: everything that ended before this time is removed. */
  readonly before: number;
  /** The number of the newest run when the mark was set: later ones stay, even if a wrong clock gave them earlier times. */
  readonly newest: number;
}

/**
 * Marks data that will be removed. One row marks everything of a class, so there is no cost per run.
 *
 * - Nothing is removed that was not marked a day before.
 * - Marked data stays unchanged and readable.
 * - A mark is lifted if the clock or the setting goes back behind it.
 * - Marks are set a day before the retention time ends, so that nothing is kept longer than the setting says.
 */
export interface RetentionMarks {
  /**
   * Sets a mark if the last one is old enough. Returns what may be removed now, or undefined if no mark is old enough. Errors: `storage_*`,
   * `database_*`.
   */
  mark(name: string, before: number, now: number): Promise<MarkedLimit | undefined>;
}

/** How old a mark must be before its data may be removed. */
export const markedMs = 86_400_000;
/** The shortest time between two marks, however often retention runs. */
const apartMs = 1_800_000;

const lift = 'DELETE FROM retention_marks WHERE class = @name AND (before > @soon OR marked_at > @now)';
const set = `INSERT INTO retention_marks (class, marked_at, before, newest)
  SELECT CAST(@name AS text), CAST(@now AS double precision), CAST(@soon AS double precision), (SELECT coalesce(max(number), 0) FROM runs)
  WHERE NOT EXISTS (SELECT 1 FROM retention_marks WHERE class = @name AND marked_at > @recent)
  ON CONFLICT DO NOTHING`;
const inForce = `SELECT before, newest, marked_at AS "markedAt" FROM retention_marks WHERE class = @name AND marked_at <= @yesterday
  ORDER BY marked_at DESC LIMIT 1`;
const drop = 'DELETE FROM retention_marks WHERE class = @name AND marked_at < @markedAt';

/** Creates the store. @example (await createRetentionMarks(tables).mark('runs', now - 90 * day, now))?.before */
export function createRetentionMarks(tables: Tables): RetentionMarks {
  return {
    async mark(name, before, now) {
      const soon = before + markedMs;
      await tables.note([
        { sql: lift, values: { name, soon, now } },
        { sql: set, values: { name, soon, now, recent: now - apartMs } },
      ]);
      const found = await tables.get<MarkedLimit & { readonly markedAt: number }>(inForce, {
        name,
        yesterday: now - markedMs,
      });
      if (found === undefined) return undefined;
      await tables.note([{ sql: drop, values: { name, markedAt: found.markedAt } }]);
      return { before: Math.min(before, found.before), newest: found.newest };
    },
  };
}
