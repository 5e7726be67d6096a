import type { CacheQuery, Caches, Clock, StoredCache, Tables } from '@heddle/core';
import { createCacheOfOwner } from './cache-of-owner.js';

interface CacheRow {
  readonly number: number;
  readonly project: string;
  readonly workflow: string;
  readonly name: string;
  readonly hits: number;
  readonly entries: number;
}

const allSql = `SELECT number, project, workflow, name, hits,
    (SELECT count(*) FROM cache_entries WHERE cache = caches.number AND expires_at > @now) AS entries
  FROM caches WHERE project IN (EACH @projects) ORDER BY project, workflow, name`;
const savingsSql =
  'SELECT cache, currency, saved FROM cache_savings WHERE cache IN (EACH NUMBER @caches) ORDER BY cache, currency';
const countSql = 'SELECT count(*) AS count FROM cache_entries WHERE cache IN (EACH NUMBER @caches)';
const emptySql = 'DELETE FROM cache_entries WHERE cache IN (EACH NUMBER @caches)';

/**
 * Creates the caches of workflow results. Results expire by `clock` and are removed by `trusted`. @example const cache =
 * createCaches(tables, clock).of({ project, workflow, edition, isPublished })
 */
export function createCaches(tables: Tables, clock: Pick<Clock, 'now'>, trusted: Pick<Clock, 'now'> = clock): Caches {
  const rowsOf = async ({ projects, workflow, name }: CacheQuery): Promise<readonly CacheRow[]> => {
    const rows = await tables.all<CacheRow>(allSql, { now: clock.now(), projects: JSON.stringify(projects) });
    return rows.filter((row) => (workflow ?? row.workflow) === row.workflow && (name ?? row.name) === row.name);
  };

  return {
    of: createCacheOfOwner(tables, { clock, trusted }),
    async list(query) {
      const rows = await rowsOf(query);
      const savings = await tables.all<{ readonly cache: number; readonly currency: string; readonly saved: number }>(
        savingsSql,
        { caches: numbersOf(rows) },
      );
      return rows.map(({ number, project, workflow, name, hits, entries }): StoredCache => {
        const saved = savings
          .filter(({ cache }) => cache === number)
          .map((row): [string, number] => [row.currency, row.saved]);
        return {
          project,
          name,
          entries,
          hits,
          ...(workflow === '' ? {} : { workflow }),
          saved: Object.fromEntries(saved),
        };
      });
    },
    async clear(query, commit = (writes) => tables.note(writes)) {
      const caches = numbersOf(await rowsOf(query));
      const count = (await tables.get<{ readonly count: number }>(countSql, { caches }))?.count ?? 0;
      await commit([{ sql: emptySql, values: { caches }, overwrites: true }], count);
      return count;
    },
  };
}

const numbersOf = (rows: readonly CacheRow[]): string => JSON.stringify(rows.map(({ number }) => number));
