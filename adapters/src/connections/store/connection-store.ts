import { Connection, connectionNotFound, type Clock, type ConnectionStore } from '@heddle/core';
import { answer } from '../../database/answer.js';
import { commitPowerSafe } from '../../database/commit-power-safe.js';
import type { HeddleDatabase } from '../../database/open-database.js';
import { withStorageErrors } from '../../database/storage-error.js';

/** A row of `connections`; its body is a Connection as JSON, without any secret. */
interface Row {
  readonly body: string;
}

/** Connections in heddle.db. @example const store = createConnectionStore(database, clock); */
export function createConnectionStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): ConnectionStore {
  const { connection, file } = database;
  const all = connection.prepare<[], Row>('SELECT body FROM connections ORDER BY id');
  const byId = connection.prepare<[string], Row>('SELECT body FROM connections WHERE id = ?');
  const write = connection.prepare<[string, string, number]>(
    'INSERT INTO connections (id, body, updated_at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at',
  );
  const remove = connection.prepare<[string]>('DELETE FROM connections WHERE id = ?');
  const within = <T>(work: () => T): Promise<T> => answer(() => withStorageErrors(file, work));
  const commit = <T>(work: () => T): Promise<T> => answer(() => commitPowerSafe(database, work));
  return {
    list: () => within(() => all.all().map(fromRow)),
    get: (id) =>
      within(() => {
        const row = byId.get(id);
        if (row === undefined) throw connectionNotFound(id);
        return fromRow(row);
      }),
    save: (entry) =>
      commit(() => {
        const { id, ...rest } = Connection.parse(entry);
        write.run(id, JSON.stringify({ id, ...rest }), clock.now());
      }),
    delete: (id) =>
      commit(() => {
        if (remove.run(id).changes === 0) throw connectionNotFound(id);
      }),
  };
}

const fromRow = (row: Row): Connection => Connection.parse(JSON.parse(row.body));
