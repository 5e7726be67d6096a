import type { HeddleDatabase } from './open-database.js';
import { actOf } from './pending-act.js';
import { withStorageErrors } from './storage-error.js';

/**
 * Runs work in one transaction that no other connection can come between, and that survives a power loss: a person's own work. The
 * record of the act that it belongs to, where there is one, is written in the same transaction.
 */
export function commitPowerSafe<T>(database: HeddleDatabase, work: () => T): T {
  const { connection, file } = database;
  return withStorageErrors(file, () => {
    // Inside a transaction of the same kind: a savepoint of it.
    if (connection.inTransaction) return connection.transaction(work)();
    database.checkInPlace();
    const act = actOf(connection);
    const recorded = (): T => {
      const result = work();
      act?.write(result);
      return result;
    };
    // Not with a prepared statement: this PRAGMA acts when it is compiled, so that the first run of a prepared one does nothing.
    connection.exec('PRAGMA synchronous = FULL');
    try {
      const result = connection.transaction(recorded).immediate();
      if (act !== undefined) act.isWritten = true;
      return result;
    } finally {
      connection.exec('PRAGMA synchronous = NORMAL');
    }
  });
}
