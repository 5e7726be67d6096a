import { ConnectionTest } from '@heddle/core';
import type { HeddleDatabase } from '../../database/open-database.js';
import { withStorageErrors } from '../../database/storage-error.js';

/** What a test of a connection gave, and when (epoch milliseconds). */
export type PastTest = ConnectionTest & { readonly at: number };

/** The last test of each connection. @example const tests = createConnectionTests(database); */
export interface ConnectionTests {
  all(): ReadonlyMap<string, PastTest>;
  /** Nothing where the connection was removed meanwhile. */
  save(id: string, test: PastTest): void;
  forget(id: string): void;
}

interface Row {
  readonly id: string;
  readonly body: string;
  readonly at: number;
}

/** Keeps them in heddle.db, so that they are still known after a restart. */
export function createConnectionTests({ connection, file }: HeddleDatabase): ConnectionTests {
  const every = connection.prepare<[], Row>('SELECT id, body, at FROM connection_tests');
  const write = connection.prepare<[string, number, string]>(
    `INSERT INTO connection_tests (id, body, at) SELECT id, ?, ? FROM connections WHERE id = ?
     ON CONFLICT (id) DO UPDATE SET body = excluded.body, at = excluded.at`,
  );
  const remove = connection.prepare<[string]>('DELETE FROM connection_tests WHERE id = ?');
  const within = <T>(work: () => T): T => withStorageErrors(file, work);
  return {
    all: () =>
      within(
        () =>
          new Map(
            every.all().map(({ id, body, at }) => [id, { ...ConnectionTest.parse(JSON.parse(body)), at }] as const),
          ),
      ),
    save: (id, { at, ...test }) => within(() => void write.run(JSON.stringify(test), at, id)),
    forget: (id) => within(() => void remove.run(id)),
  };
}
