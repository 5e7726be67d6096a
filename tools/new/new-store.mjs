import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { editFile, insertAfterLast, insertBefore, insertSorted } from './edit-file.mjs';
import { toClassName, toIdentifier } from './names.mjs';

/**
 * Makes a store in heddle.db: its port in core, its table, its implementation and its spec, and a row in the README of the
 * adapters. Gives the paths of what changed.
 */
export function newStore(root, name) {
  const created = [
    [`core/src/ports/${name}-store.ts`, portText(name)],
    [`adapters/src/database/migrations/${name}-migration.ts`, migrationText(name)],
    [`adapters/src/stores/${name}-store.ts`, storeText(name)],
    [`adapters/src/stores/${name}-store.spec.ts`, specText(name)],
  ];
  for (const [path, text] of created) writeFileSync(join(root, path), text, { flag: 'wx' });
  const edited = {
    'core/src/index.ts': (text) =>
      insertAfterLast(text, /^export \* from '\.\/ports\//, `export * from './ports/${name}-store.js';`),
    'adapters/src/database/migrations/migrations.ts': (text) => addMigration(text, name),
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

function addMigration(text, name) {
  const identifier = `${toIdentifier(name)}Migration`;
  const imported = insertSorted(
    text,
    /^import .+ from '\.\/[a-z-]+\.js';$/,
    `import { ${identifier} } from './${name}-migration.js';`,
  );
  return insertBefore(imported, 'export const migrations', '];\n', `  ${identifier},\n`);
}

function portText(name) {
  const type = toClassName(name);
  return `/** One row of the store. */
export interface ${type} {
  readonly id: string;
  readonly title: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Keeps rows by their ids. */
export interface ${type}Store {
  /** Oldest first. Errors: \`storage_*\`. */
  list(): readonly ${type}[];
  /** Errors: \`storage_*\`. */
  get(id: string): ${type} | undefined;
  /** Adds a row, or replaces the one with its id. Errors: \`storage_*\`. */
  put(row: ${type}): void;
  /** Whether there was one. Errors: \`storage_*\`. */
  remove(id: string): boolean;
}
`;
}

function migrationText(name) {
  return `import type { Migration } from './migration.js';

/** Rows by their ids. */
export const ${toIdentifier(name)}Migration: Migration = {
  name: '${name}',
  sql: \`
    CREATE TABLE ${tableOf(name)} (id TEXT PRIMARY KEY, title TEXT NOT NULL, time REAL NOT NULL) STRICT, WITHOUT ROWID;
  \`,
};
`;
}

function storeText(name) {
  const type = toClassName(name);
  const table = tableOf(name);
  return `import type { ${type}, ${type}Store } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** @example create${type}Store(database).get('one')?.title */
export function create${type}Store({ connection, file }: HeddleDatabase): ${type}Store {
  const all = connection.prepare<[], ${type}>('SELECT id, title, time FROM ${table} ORDER BY time, id');
  const one = connection.prepare<[string], ${type}>('SELECT id, title, time FROM ${table} WHERE id = ?');
  const replace = connection.prepare<${type}>('INSERT OR REPLACE INTO ${table} (id, title, time) VALUES (@id, @title, @time)');
  const remove = connection.prepare<[string]>('DELETE FROM ${table} WHERE id = ?');
  return {
    list: () => withStorageErrors(file, () => all.all()),
    get: (id) => withStorageErrors(file, () => one.get(id)),
    put: (row) => withStorageErrors(file, () => void replace.run(row)),
    remove: (id) => withStorageErrors(file, () => remove.run(id).changes > 0),
  };
}
`;
}

function specText(name) {
  const type = toClassName(name);
  return `import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { openDatabase } from '../database/open-database.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { create${type}Store } from './${name}-store.js';

const temporary = temporaryFolder();
afterEach(() => temporary.remove());

describe('create${type}Store', () => {
  it('keeps rows over a restart', () => {
    const file = join(temporary.folder, 'heddle.db');
    const row = { id: 'one', title: 'One', time: 1 };
    const first = openDatabase(file);
    create${type}Store(first).put(row);
    first.close();

    const second = openDatabase(file);
    const store = create${type}Store(second);
    expect(store.list()).toEqual([row]);
    expect(store.get('one')).toEqual(row);
    expect([store.remove('one'), store.remove('one')]).toEqual([true, false]);
    second.close();
  });
});
`;
}
