import type { Migration } from '../migrations/migration.js';
import { migrations } from '../migrations/migrations.js';

/** The schema with two invented steps after it: one adds and fills a column, the next makes a table. */
export const growing: readonly Migration[] = [
  ...migrations,
  { name: 'owners', sql: "ALTER TABLE workflows ADD COLUMN owner TEXT; UPDATE workflows SET owner = 'nobody';" },
  { name: 'notes', sql: 'CREATE TABLE notes (id TEXT PRIMARY KEY) STRICT;' },
];
