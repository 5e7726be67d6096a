import type { CacheQuery, Caches, Clock, StoredCache } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import { withStorageErrors } from '../database/storage-error.js';
import { createCacheOfOwner } from './cache-of-owner.js';

interface CacheRow {
  readonly number: number;
  readonly project: string;
  readonly workflow: string;
  readonly name: string;
  readonly hits: number;
  readonly entries: number;
}

/** Results in heddle.db; they end by `clock`, and what has ended is removed by `trusted`. @example const cache = createCaches(database, clock).of({ project, workflow, edition, isPublished }) */
export function createCaches(
  database: HeddleDatabase,
  clock: Pick<Clock, 'now'>,
  trusted: Pick<Clock, 'now'> = clock,
): Caches {
  const { connection, file } = database;
  const all = connection.prepare<[now: number, condition: string], CacheRow>(`
    SELECT caches.*, (SELECT count(*) FROM cache_entries WHERE cache = caches.number AND expires_at > ?) AS entries
    FROM caches WHERE project IN (SELECT value FROM json_each(?)) ORDER BY project, workflow, name`);
  const savings = connection.prepare<[number], { readonly currency: string; readonly saved: number }>(
    'SELECT currency, saved FROM cache_savings WHERE cache = ?',
  );
  const empty = connection.prepare<[number]>('DELETE FROM cache_entries WHERE cache = ?');
  const within = <T>(work: () => T): T => withStorageErrors(file, work);

  const rowsOf = ({ projects, workflow, name }: CacheQuery): CacheRow[] =>
    all
      .all(clock.now(), JSON.stringify(projects))
      .filter((row) => (workflow ?? row.workflow) === row.workflow && (name ?? row.name) === row.name);

  return {
    of: createCacheOfOwner(database, clock, trusted),
    list: (query) =>
      within(() =>
        rowsOf(query).map(({ number, project, workflow, name, hits, entries }): StoredCache => {
          const saved = savings.all(number).map((row): [string, number] => [row.currency, row.saved]);
          return {
            ...{ project, name, entries, hits },
            ...(workflow === '' ? {} : { workflow }),
            saved: Object.fromEntries(saved),
          };
        }),
      ),
    clear: (query) =>
      within(() =>
        overwriting(connection, () =>
          connection
            .transaction(() => rowsOf(query).reduce((gone, { number }) => gone + empty.run(number).changes, 0))
            .immediate(),
        ),
      ),
  };
}
