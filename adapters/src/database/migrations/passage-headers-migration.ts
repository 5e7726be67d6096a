import type { Migration } from './migration.js';

/** Passage headers that models wrote, by the hash of model and prompt. */
export const passageHeadersMigration: Migration = {
  name: 'passage headers',
  sql: `
    CREATE TABLE passage_headers (
      collection TEXT NOT NULL, document TEXT NOT NULL, key BLOB NOT NULL, hash TEXT NOT NULL, text TEXT NOT NULL,
      PRIMARY KEY (collection, document, key)
    ) STRICT, WITHOUT ROWID;
  `,
};
