import { expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { migrations } from './migrations/migrations.js';
import { newSchema } from './new-schema.generated.js';

/** Every object and every row of a database. */
const contents = (statements: readonly string[]): unknown => {
  const database = new Database(':memory:');
  try {
    for (const sql of statements) database.exec(sql);
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    return {
      objects: database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all(),
      rows: tables.map((table) => [table, database.prepare(`SELECT * FROM "${String(table)}"`).all()]),
    };
  } finally {
    database.close();
  }
};

it('the generated schema equals that of the migrations (if not: npm run build, then npm run generate)', () => {
  const steps = migrations.slice(0, newSchema.version).map(({ sql }) => sql);
  expect(steps).toHaveLength(newSchema.version);
  expect(contents([newSchema.sql])).toEqual(contents(steps));
});
