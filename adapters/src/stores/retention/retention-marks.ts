import type { HeddleDatabase } from '../../database/open-database.js';
import { withStorageErrors } from '../../database/storage-error.js';

/** What may be removed of a class: marked for long enough, and still old enough. */
export interface MarkedLimit {
  /** Epoch milliseconds: what ended before goes. */
  readonly before: number;
  /** The number of the newest run when the mark was set: later ones stay, even if a wrong clock gave them earlier times. */
  readonly newest: number;
}

/**
 * Marks what will be removed, one row for everything of a class at once, so that marking costs nothing for each run.
 *
 * - Nothing is removed that was not marked a day before.
 * - What is marked stays as it is, and readable.
 * - A mark is lifted if the clock or the setting went back behind it.
 * - Marks are set a day before the time of a class is over, so that nothing is kept longer than its setting says.
 */
export interface RetentionMarks {
  /**
   * Sets a mark if the last one is old enough. Returns what may be removed now, or undefined if no mark is old enough.
   * Errors: `storage_*`.
   */
  mark(name: string, before: number, now: number): MarkedLimit | undefined;
}

/** A mark stands this long before what it covers may go. */
export const markedMs = 86_400_000;
/** Marks are set no closer together, however often it is looked. */
const apartMs = 1_800_000;

/** @example createRetentionMarks(database).mark('runs', now - 90 * day, now)?.before */
export function createRetentionMarks({ connection, file }: HeddleDatabase): RetentionMarks {
  const lift = connection.prepare<[string, number, number]>(
    'DELETE FROM retention_marks WHERE class = ? AND (before > ? OR marked_at > ?)',
  );
  const last = connection
    .prepare<[string], number | null>('SELECT max(marked_at) FROM retention_marks WHERE class = ?')
    .pluck();
  const set = connection.prepare<[string, number, number]>(
    `INSERT INTO retention_marks (class, marked_at, before, newest) VALUES (?, ?, ?, (SELECT coalesce(max(number), 0) FROM runs))`,
  );
  const inForce = connection.prepare<[string, number], MarkedLimit & { readonly marked_at: number }>(
    'SELECT before, newest, marked_at FROM retention_marks WHERE class = ? AND marked_at <= ? ORDER BY marked_at DESC LIMIT 1',
  );
  const drop = connection.prepare<[string, number]>('DELETE FROM retention_marks WHERE class = ? AND marked_at < ?');

  function mark(name: string, before: number, now: number): MarkedLimit | undefined {
    const soon = before + markedMs;
    lift.run(name, soon, now);
    if ((last.get(name) ?? -Infinity) <= now - apartMs) set.run(name, now, soon);
    const found = inForce.get(name, now - markedMs);
    if (found === undefined) return undefined;
    drop.run(name, found.marked_at);
    return { before: Math.min(before, found.before), newest: found.newest };
  }

  return {
    mark: (name, before, now) =>
      withStorageErrors(file, () => connection.transaction(mark).immediate(name, before, now)),
  };
}
