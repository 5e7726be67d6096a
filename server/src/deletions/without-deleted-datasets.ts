import { HeddleError, type DatasetStore } from '@heddle/core';
import type { Deletions } from './deletions.js';

/** Hides deleted datasets. An erasure still reaches them. */
export function withoutDeletedDatasets(stored: DatasetStore, deletions: Pick<Deletions, 'find'>): DatasetStore {
  const isDeleted = (id: string): boolean => deletions.find('dataset', id) !== undefined;
  const known = (id: string): string => {
    if (isDeleted(id)) throw new HeddleError('not_found', `There is no dataset '${id}'.`);
    return id;
  };
  return {
    ...stored,
    write: { ...stored.write, delete: (id) => stored.write.delete(known(id)) },
    list: async () => (await stored.list()).filter(({ id }) => !isDeleted(id)),
    get: async (id) => stored.get(known(id)),
    versions: async (id) => stored.versions(known(id)),
    rows: async (id, query) => stored.rows(known(id), query),
    row: async (id, ...of) => stored.row(known(id), ...of),
    facets: async (id, version) => stored.facets(known(id), version),
    difference: async (id, from, to) => stored.difference(known(id), from, to),
    addVersion: async (id, rows, how) => stored.addVersion(known(id), rows, how),
    problems: async (id, version) => stored.problems(known(id), version),
  };
}
