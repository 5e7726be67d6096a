import type { HeddleDatabase } from './open-database.js';
import { eventsFor } from './pending-events.js';
import { withStorageErrors } from './storage-error.js';

/**
 * Runs work in one transaction that excludes other connections and survives a power loss, for actions of a person. Its audit events are
 * written in the same transaction.
 */
export function commitPowerSafe<T>(database: HeddleDatabase, work: () => T): T {
  const { connection, file } = database;
  return withStorageErrors(file, () => {
    // Inside a transaction of the same kind, it becomes a savepoint.
    if (connection.inTransaction) return connection.transaction(work)();
    database.checkInPlace();
    const pending = eventsFor(connection);
    const recorded = (): T => {
      const result = work();
      pending?.write(result);
      return result;
    };
    // `exec`, not a prepared statement: this PRAGMA takes effect when it is compiled, so the first run of a prepared one would do nothing.
    connection.exec('PRAGMA synchronous = FULL');
    try {
      const result = connection.transaction(recorded).immediate();
      if (pending !== undefined) pending.isWritten = true;
      return result;
    } finally {
      connection.exec('PRAGMA synchronous = NORMAL');
    }
  });
}
