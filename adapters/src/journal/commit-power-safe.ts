import type { HeddleDatabase } from './open-database.js';
import { withStorageErrors } from './storage-error.js';

/** Runs work in one transaction that no other connection can come between, and that survives a power loss: a person's own work. */
export function commitPowerSafe<T>({ connection, file }: HeddleDatabase, work: () => T): T {
  return withStorageErrors(file, () => {
    connection.pragma('synchronous = FULL');
    try {
      return connection.transaction(work).immediate();
    } finally {
      connection.pragma('synchronous = NORMAL');
    }
  });
}
