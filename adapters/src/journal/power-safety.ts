import type Database from 'better-sqlite3';

/** What each connection was told last; one that was told nothing is told. */
const modes = new WeakMap<Database.Database, boolean>();

/**
 * Whether the commits of a connection survive a power loss from now on (`synchronous=FULL`, else NORMAL). To be called outside of transactions, by
 * whoever needs the one or the other; where it is so already, it costs nothing.
 *
 * Not with a prepared statement: this PRAGMA acts when it is compiled, so that the first run of a prepared one does nothing.
 */
export function setPowerSafety(connection: Database.Database, isFull: boolean): void {
  if (modes.get(connection) === isFull) return;
  connection.exec(isFull ? 'PRAGMA synchronous = FULL' : 'PRAGMA synchronous = NORMAL');
  modes.set(connection, isFull);
}
