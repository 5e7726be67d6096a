import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { migrate } from '../database/migrations/migrate.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { openPostgres } from '../postgres/open-postgres.js';
import { wallClock } from '../testing/wall-clock.js';
import { leftInFolder, leftInPostgres, movedTables, ownColumns } from './moved-tables.js';

/** The columns of each table. */
type Schema = ReadonlyMap<string, readonly string[]>;

const undecided = (schema: Schema, left: object): readonly string[] =>
  [...schema.keys()].filter((name) => !(movedTables as readonly string[]).includes(name) && !(name in left));

describe('the tables of a move', () => {
  let sqlite: Schema;
  let postgres: Schema;
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    const connection = new Database(':memory:');
    migrate(connection, ':memory:');
    const names = connection.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    const columns = connection.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck();
    sqlite = new Map(names.map((name) => [name, columns.all(name)]));
    connection.close();
    database = await openTestDatabase();
    await (await openPostgres({ url: database.url, clock: wallClock, connections: 1 })).close();
    const rows = (await database.query(
      "SELECT table_name AS name, array_agg(column_name::text) AS columns FROM information_schema.columns WHERE table_schema = 'heddle' GROUP BY 1",
    )) as { name: string; columns: string[] }[];
    postgres = new Map(rows.map(({ name, columns: found }) => [name, found]));
  }, 120_000);
  afterAll(() => database?.close());

  it('are all tables of heddle.db except those that are left out for a reason', () => {
    expect(undecided(sqlite, leftInFolder)).toEqual([]);
  });

  it('are all tables of Postgres except those that are left out for a reason', () => {
    expect(undecided(postgres, leftInPostgres)).toEqual([]);
  });

  it('are in both databases, and none of them is also left out', () => {
    expect(movedTables.filter((name) => !sqlite.has(name) || !postgres.has(name))).toEqual([]);
    expect(movedTables.filter((name) => name in leftInFolder || name in leftInPostgres)).toEqual([]);
    expect(movedTables.toSorted()).toEqual([...movedTables]);
  });

  it('leave out only tables that exist', () => {
    expect(Object.keys(leftInFolder).filter((name) => !sqlite.has(name) && name !== 'sqlite_sequence')).toEqual([]);
    expect(Object.keys(leftInPostgres).filter((name) => !postgres.has(name))).toEqual([]);
  });

  it('have the same columns, except those that each side computes', () => {
    const differences = movedTables.flatMap((name) => {
      const own = ownColumns[name] ?? { sqlite: [], postgres: [] };
      const here = sqlite.get(name) ?? [];
      const there = postgres.get(name) ?? [];
      const onlyHere = here.filter((column) => !there.includes(column)).toSorted();
      const onlyThere = there.filter((column) => !here.includes(column)).toSorted();
      const isKnown =
        JSON.stringify([onlyHere, onlyThere]) === JSON.stringify([own.sqlite.toSorted(), own.postgres.toSorted()]);
      return isKnown ? [] : [{ name, onlyHere, onlyThere }];
    });
    expect(differences).toEqual([]);
  });
});
