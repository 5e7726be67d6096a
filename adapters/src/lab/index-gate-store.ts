import { IndexGate, type GuardedWrite, type Tables } from '@heddle/core';

/** Stores the gates of collections. Errors: `storage_*`, `database_*`. */
export interface IndexGateStore {
  get(collection: string): Promise<IndexGate | undefined>;
  set(collection: string, gate: IndexGate): readonly GuardedWrite[];
  /** Has no effect if the collection has no gate. */
  remove(collection: string): readonly GuardedWrite[];
  /** Removes the gate of a collection that no longer exists. */
  forget(collection: string): Promise<void>;
}

/** Creates the store. @example await createIndexGateStore(sqliteTables(database)).get('handbook') */
export function createIndexGateStore(tables: Tables): IndexGateStore {
  const remove: IndexGateStore['remove'] = (collection) => [
    { sql: 'DELETE FROM index_gates WHERE collection = @collection', values: { collection } },
  ];
  return {
    remove,
    get: async (collection) => {
      const sql = 'SELECT body FROM index_gates WHERE collection = @collection';
      const row = await tables.get<{ body: string }>(sql, { collection });
      return row === undefined ? undefined : IndexGate.parse(JSON.parse(row.body));
    },
    set: (collection, gate) => [
      {
        sql: `INSERT INTO index_gates (collection, body) VALUES (@collection, @body)
          ON CONFLICT (collection) DO UPDATE SET body = excluded.body`,
        values: { collection, body: JSON.stringify(gate) },
      },
    ],
    forget: (collection) => tables.commit(remove(collection)),
  };
}
