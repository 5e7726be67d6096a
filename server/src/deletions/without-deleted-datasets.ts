import { HeddleError, type DatasetStore } from '@heddle/core';
import type { Deletions } from './deletions.js';

/** A store in which deleted datasets are absent. An erasure reaches them too. */
export function withoutDeletedDatasets(stored: DatasetStore, deletions: Pick<Deletions, 'find'>): DatasetStore {
  const isDeleted = (id: string): boolean => deletions.find('dataset', id) !== undefined;
  const known = (id: string): string => {
    if (isDeleted(id)) throw new HeddleError('not_found', `There is no dataset '${id}'.`);
    return id;
  };
  return {
    ...stored,
    list: () => stored.list().filter(({ id }) => !isDeleted(id)),
    get: (id) => stored.get(known(id)),
    versions: (id) => stored.versions(known(id)),
    rows: (id, query) => stored.rows(known(id), query),
    row: (id, ...of) => stored.row(known(id), ...of),
    facets: (id, version) => stored.facets(known(id), version),
    difference: (id, from, to) => stored.difference(known(id), from, to),
    write: async (id, rows, how) => stored.write(known(id), rows, how),
    problems: (id, version) => stored.problems(known(id), version),
    delete: (id) => stored.delete(known(id)),
  };
}
