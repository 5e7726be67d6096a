import type { Clock } from '@heddle/core';
import type { HeddleDatabase } from '../open-database.js';

/** A stored item that differs from what was written. */
export interface Damage {
  /** For example `records/12`, `runs/3`, `bundles/sha256:…`, `audit/7` or `blobs/sha256:…`. */
  readonly place: string;
  readonly reason: string;
}

/** The known damage in the files of one data folder; it is kept over restarts. Postgres checks its pages itself. */
export interface Damages {
  /** Records damage. It must not throw, because the caller has an error of its own to report. */
  note(place: string, reason: string): void;
  /** Removes an item that is intact again, or gone. */
  forget(place: string): void;
  list(): readonly Damage[];
}

/** The most items that are kept; more would say nothing new. */
const mostKept = 1_000;

/**
 * Keeps known damage in the database and in memory.
 *
 * @example createDamages(database, clock).list()
 */
export function createDamages({ connection }: HeddleDatabase, clock: Pick<Clock, 'now'>): Damages {
  const insert = connection.prepare<[string, string, number]>('INSERT OR REPLACE INTO damages VALUES (?, ?, ?)');
  const remove = connection.prepare<[string]>('DELETE FROM damages WHERE place = ?');
  const known = new Map(
    connection
      .prepare<[], Damage>('SELECT place, reason FROM damages ORDER BY found_at')
      .all()
      .map(({ place, reason }) => [place, reason]),
  );
  return {
    note(place, reason) {
      if (known.get(place) === reason || known.size >= mostKept) return;
      known.set(place, reason);
      try {
        insert.run(place, reason, clock.now());
      } catch {
        // This process knows it, and the next one will find it again.
      }
    },
    forget(place) {
      if (!known.delete(place)) return;
      try {
        remove.run(place);
      } catch {
        // The next process checks it again.
      }
    },
    list: () => [...known].map(([place, reason]) => ({ place, reason })),
  };
}

/** The number of rows that are known to be damaged, without files. */
export const countDamagedRows = ({ connection }: Pick<HeddleDatabase, 'connection'>): number =>
  connection.prepare<[], number>("SELECT count(*) FROM damages WHERE place NOT LIKE 'blobs/%'").pluck().get() ?? 0;
