import type { HeddleDatabase } from './open-database.js';

/** Connections that overwrite now, so that nested work need not ask SQLite. */
const overwritten = new WeakSet<HeddleDatabase['connection']>();

/** Runs work whose deletions overwrite the deleted data in the file. @example overwriting(connection, () => remove.run(number)) */
export function overwriting<T>(connection: HeddleDatabase['connection'], work: () => T): T {
  if (overwritten.has(connection) || Number(connection.pragma('secure_delete', { simple: true })) === 1) return work();
  connection.pragma('secure_delete = ON');
  overwritten.add(connection);
  try {
    return work();
  } finally {
    overwritten.delete(connection);
    connection.pragma('secure_delete = OFF');
  }
}
