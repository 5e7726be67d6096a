import {
  Connection,
  connectionNotFound,
  connectionSecret,
  HeddleError,
  installationOwner,
  type Clock,
  type ConnectionStore,
  type GuardedWrite,
  type Tables,
} from '@heddle/core';

/** A row of `connections`; its body is a Connection as JSON, without any secret. */
interface Row {
  readonly body: string;
}

/** Connections on any database. @example const store = createConnectionStore(sqliteTables(database), clock); */
export function createConnectionStore(tables: Tables, clock: Pick<Clock, 'now'>): ConnectionStore {
  const valuesOf = (connection: Connection) => {
    const { id, ...rest } = Connection.parse(connection);
    return { id, body: JSON.stringify({ id, ...rest }), now: clock.now() };
  };
  const insert = 'INSERT INTO connections (id, body, updated_at) VALUES (@id, @body, @now)';
  return {
    list: async () => (await tables.all<Row>('SELECT body FROM connections ORDER BY id')).map(fromRow),
    get: async (id) => {
      const row = await tables.get<Row>('SELECT body FROM connections WHERE id = @id', { id });
      if (row === undefined) throw connectionNotFound(id);
      return fromRow(row);
    },
    async add(connection) {
      const values = valuesOf(connection);
      const added: GuardedWrite = {
        sql: `${insert} ON CONFLICT DO NOTHING`,
        values,
        rows: 1,
        otherwise: () => connectionExists(values.id),
      };
      await tables.commit([added, withoutKey(values.id)]);
    },
    async save(connection) {
      const sql = `${insert} ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at`;
      await tables.commit([{ sql, values: valuesOf(connection) }]);
    },
    async delete(id) {
      const otherwise = (): HeddleError => connectionNotFound(id);
      const removed = { sql: 'DELETE FROM connections WHERE id = @id', values: { id }, rows: 1, otherwise };
      await tables.commit([removed, withoutKey(id)]);
    },
  };
}

const fromRow = (row: Row): Connection => Connection.parse(JSON.parse(row.body));

/** Removes the key of a connection, so that it is never sent to the server of a later connection with the same id. */
const withoutKey = (id: string): GuardedWrite => ({
  sql: 'DELETE FROM secrets WHERE owner = @owner AND name = @name',
  values: { owner: installationOwner, name: connectionSecret(id) },
});

const connectionExists = (id: string): HeddleError =>
  new HeddleError('conflict', `There is a connection '${id}' already: choose another name.`, {
    details: { connection: id },
  });
