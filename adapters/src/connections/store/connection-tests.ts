import { ConnectionTest, type Tables } from '@heddle/core';

/** The result of a connection test, and its time (epoch milliseconds). */
export type PastTest = ConnectionTest & { readonly at: number };

/** The last test of each connection. @example const tests = createConnectionTests(sqliteTables(database)); */
export interface ConnectionTests {
  all(): Promise<ReadonlyMap<string, PastTest>>;
  /** Does nothing if the connection was removed meanwhile. */
  save(id: string, test: PastTest): Promise<void>;
  forget(id: string): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly body: string;
  readonly at: number;
}

/** Stores the tests in the database, so that they survive a restart. */
export function createConnectionTests(tables: Tables): ConnectionTests {
  return {
    all: async () => {
      const rows = await tables.all<Row>('SELECT id, body, at FROM connection_tests');
      return new Map(rows.map(({ id, body, at }) => [id, { ...ConnectionTest.parse(JSON.parse(body)), at }] as const));
    },
    save: (id, { at, ...test }) => {
      const sql = `INSERT INTO connection_tests (id, body, at) SELECT id, @body, @at FROM connections WHERE id = @id
        ON CONFLICT (id) DO UPDATE SET body = excluded.body, at = excluded.at`;
      return tables.note([{ sql, values: { id, body: JSON.stringify(test), at } }]);
    },
    forget: (id) => tables.note([{ sql: 'DELETE FROM connection_tests WHERE id = @id', values: { id } }]),
  };
}
