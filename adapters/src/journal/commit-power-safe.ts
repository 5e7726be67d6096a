import type { HeddleDatabase } from './open-database.js';
import { withStorageErrors } from './storage-error.js';

/** Runs work in one transaction that no other connection can come between, and that survives a power loss: a person's own work. */
export function commitPowerSafe<T>({ connection, file }: HeddleDatabase, work: () => T): T {
  return withStorageErrors(file, () => {
    // Inside the transaction of somebody who asked for the same: a part of it, with its own way back.
    if (connection.inTransaction) return connection.transaction(work)();
    connection.pragma('synchronous = FULL');
    try {
      return connection.transaction(work).immediate();
    } finally {
      connection.pragma('synchronous = NORMAL');
    }
  });
}
