import type { Migration } from './migration.js';

/** Checksums of rows. Existing rows have none and are accepted as they are. */
export const recordChecksumsMigration: Migration = {
  name: 'record-checksums',
  sql: `
    ALTER TABLE records ADD COLUMN checksum INTEGER;
    ALTER TABLE runs ADD COLUMN checksum INTEGER;
    ALTER TABLE versions ADD COLUMN checksum INTEGER;

    -- What was found damaged, until it is whole again or gone: 'records/12', 'runs/3', 'bundles/sha256:…', 'versions/2', 'audit/7', 'blobs/sha256:…'.
    CREATE TABLE damages (place TEXT PRIMARY KEY, reason TEXT NOT NULL, found_at REAL NOT NULL) STRICT, WITHOUT ROWID;
  `,
};
