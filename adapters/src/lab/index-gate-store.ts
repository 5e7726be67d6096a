import { IndexGate } from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** Gates of collections in heddle.db. Errors: `storage_*`. */
export type IndexGateStore = ReturnType<typeof createIndexGateStore>;

/** Opens it. @example createIndexGateStore(database).get('handbook') */
export function createIndexGateStore(database: HeddleDatabase) {
  const { connection, file } = database;
  const find = connection.prepare<[string], string>('SELECT body FROM index_gates WHERE collection = ?').pluck();
  const write = connection.prepare<[string, string]>(
    'INSERT OR REPLACE INTO index_gates (collection, body) VALUES (?, ?)',
  );
  const remove = connection.prepare<[string]>('DELETE FROM index_gates WHERE collection = ?');
  return {
    get(collection: string): IndexGate | undefined {
      const body = withStorageErrors(file, () => find.get(collection));
      return body === undefined ? undefined : IndexGate.parse(JSON.parse(body));
    },
    /** Plain SQL for a transaction that is open already. */
    set: (collection: string, gate: IndexGate): void => void write.run(collection, JSON.stringify(gate)),
    /** The same. */
    remove: (collection: string): void => void remove.run(collection),
    /** Forgets the gate of a collection that is gone. */
    forget: (collection: string): void => commitPowerSafe(database, () => void remove.run(collection)),
  };
}
