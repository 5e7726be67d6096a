import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { editFile, insertAfterLast, insertBefore, insertSorted } from './edit-file.mjs';
import { toClassName, toIdentifier } from './names.mjs';

/**
 * Creates a store on both databases: its port in core, its table in heddle.db and in Postgres, its implementation and its spec, and a row
 * in the README of the adapters. Returns the paths of changed files.
 */
export function newStore(root, name) {
  const created = [
    [`core/src/ports/stores/${name}-store.ts`, portText(name)],
    [`adapters/src/database/migrations/stores/${name}-migration.ts`, sqliteTableText(name)],
    [`adapters/src/postgres/migrations/stores/${name}-tables.ts`, postgresTableText(name)],
    [`adapters/src/stores/${name}-store.ts`, storeText(name)],
    [`adapters/src/stores/${name}-store.spec.ts`, specText(name)],
  ];
  for (const [path, text] of created) writeFileSync(join(root, path), text, { flag: 'wx' });
  const edited = {
    'core/src/index.ts': (text) =>
      insertAfterLast(text, /^export \* from '\.\/ports\//, `export * from './ports/stores/${name}-store.js';`),
    'adapters/src/database/migrations/migrations.ts': (text) =>
      addMigration(text, 'export const migrations', `${toIdentifier(name)}Migration`, `./stores/${name}-migration.js`),
    'adapters/src/postgres/migrations.ts': (text) =>
      addMigration(
        text,
        'export const postgresMigrations',
        `${toIdentifier(name)}Tables`,
        `./migrations/stores/${name}-tables.js`,
      ),
    'adapters/src/move/moved-tables.ts': (text) => insertSorted(text, /^ {2}'[a-z_]+',$/, `  '${tableOf(name)}',`),
    'adapters/src/stores/index.ts': (text) =>
      insertSorted(
        text,
        /^export \{ create.+;$/,
        `export { create${toClassName(name)}Store } from './${name}-store.js';`,
      ),
    'adapters/README.md': (text) =>
      insertAfterLast(text, /^- `[a-z-]+\.ts`/, `- \`${name}-store.ts\`, table \`${tableOf(name)}\`.`),
  };
  for (const [path, edit] of Object.entries(edited)) editFile(join(root, path), edit);
  return [...created.map(([path]) => path), ...Object.keys(edited)];
}

const tableOf = (name) => name.replaceAll('-', '_');

/** Imports a migration and adds it at the end of the list. */
function addMigration(text, list, identifier, path) {
  const imported = insertAfterLast(text, /^import .+;$/, `import { ${identifier} } from '${path}';`);
  return insertBefore(imported, list, '];\n', `  ${identifier},\n`);
}

function portText(name) {
  const type = toClassName(name);
  return `import type { GuardedWrite } from '../database/guarded-write.js';

/** One row of the store. */
export interface ${type} {
  readonly id: string;
  readonly title: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Keeps rows by their ids. Changes are data: an operation commits them together with its audit event. */
export interface ${type}Store {
  /** Oldest first. Errors: \`storage_*\`, \`database_*\`. */
  list(): Promise<readonly ${type}[]>;
  /** Errors: \`storage_*\`, \`database_*\`. */
  find(id: string): Promise<${type} | undefined>;
  /** Adds a row, or replaces the one with its id. */
  put(row: ${type}): readonly GuardedWrite[];
  /** Errors of the commit: \`not_found\`. */
  remove(id: string): readonly GuardedWrite[];
}
`;
}

function sqliteTableText(name) {
  return `import type { Migration } from '../migration.js';

/** Rows by their ids. */
export const ${toIdentifier(name)}Migration: Migration = {
  name: '${name}',
  sql: \`
    CREATE TABLE ${tableOf(name)} (id TEXT PRIMARY KEY, title TEXT NOT NULL, time REAL NOT NULL) STRICT, WITHOUT ROWID;
  \`,
};
`;
}

function postgresTableText(name) {
  return `import type { PostgresMigration } from '../../migration.js';

/** Rows by their ids. */
export const ${toIdentifier(name)}Tables: PostgresMigration = {
  name: '${name}',
  minReader: 1,
  minWriter: 1,
  sql: \`
    CREATE TABLE $schema.${tableOf(name)} (id text COLLATE "C" PRIMARY KEY, title text NOT NULL, time double precision NOT NULL);
  \`,
};
`;
}

function storeText(name) {
  const type = toClassName(name);
  const table = tableOf(name);
  return `import { HeddleError, type Tables, type ${type}, type ${type}Store } from '@heddle/core';

/** @example await create${type}Store(tables).find('one') */
export function create${type}Store(tables: Tables): ${type}Store {
  const rows = 'SELECT id, title, time FROM ${table}';
  return {
    list: () => tables.all<${type}>(\`\${rows} ORDER BY time, id\`),
    find: (id) => tables.get<${type}>(\`\${rows} WHERE id = @id\`, { id }),
    put: ({ id, title, time }) => [
      {
        sql: \`INSERT INTO ${table} (id, title, time) VALUES (@id, @title, @time)
          ON CONFLICT (id) DO UPDATE SET title = excluded.title, time = excluded.time\`,
        values: { id, title, time },
      },
    ],
    remove: (id) => [
      {
        sql: 'DELETE FROM ${table} WHERE id = @id',
        values: { id },
        rows: 1,
        otherwise: () => new HeddleError('not_found', \`There is no row '\${id}'.\`),
      },
    ],
  };
}
`;
}

function specText(name) {
  const type = toClassName(name);
  return `import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TablesSubject } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { create${type}Store } from './${name}-store.js';

describe.each(bothDatabases)('create${type}Store on %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
  });

  it('keeps a row for all processes until it is removed, once', async () => {
    const store = create${type}Store(subject.one);
    const other = create${type}Store(subject.other);
    const row = { id: 'one', title: 'One', time: 1 };
    await subject.one.commit(store.put({ ...row, title: 'First' }));
    await subject.other.commit(other.put(row));
    expect([await store.list(), await other.find('one')]).toEqual([[row], row]);

    await subject.one.commit(store.remove('one'));
    await expect(subject.other.commit(other.remove('one'))).rejects.toMatchObject({ code: 'not_found' });
    expect([await other.list(), await store.find('one')]).toEqual([[], undefined]);
  });
});
`;
}
