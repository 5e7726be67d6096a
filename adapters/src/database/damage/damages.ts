import type { Clock } from '@heddle/core';
import type { HeddleDatabase } from '../open-database.js';

/** Something stored that is not as it was written. */
export interface Damage {
  /** Such as `records/12`, `runs/3`, `bundles/sha256:…`, `audit/7` or `blobs/sha256:…`. */
  readonly place: string;
  readonly reason: string;
}

/** What is known to be damaged in the files of one data folder, from one process to the next. Postgres checks its pages itself. */
export interface Damages {
  /** Must not throw: the caller has an error of its own. */
  note(place: string, reason: string): void;
  /** It is whole again, or gone. */
  forget(place: string): void;
  list(): readonly Damage[];
}

/** More are as bad as these. */
const mostKept = 1_000;

/** @example createDamages(database, clock).list() */
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
        // It is known in this process, and is met again in the next.
      }
    },
    forget(place) {
      if (!known.delete(place)) return;
      try {
        remove.run(place);
      } catch {
        // The next process looks at it again.
      }
    },
    list: () => [...known].map(([place, reason]) => ({ place, reason })),
  };
}

/** How many rows are known to be damaged; files do not count. */
export const countDamagedRows = ({ connection }: Pick<HeddleDatabase, 'connection'>): number =>
  connection.prepare<[], number>("SELECT count(*) FROM damages WHERE place NOT LIKE 'blobs/%'").pluck().get() ?? 0;
