import type { HeddleDatabase } from './open-database.js';

/** Does work whose deletions overwrite what stood in the file. @example overwriting(connection, () => remove.run(number)) */
export function overwriting<T>(connection: HeddleDatabase['connection'], work: () => T): T {
  const before = Number(connection.pragma('secure_delete', { simple: true }));
  if (before === 1) return work();
  connection.pragma('secure_delete = ON');
  try {
    return work();
  } finally {
    connection.pragma('secure_delete = OFF');
  }
}
