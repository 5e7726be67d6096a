import type { Migration } from './migration.js';

/** Bytes that visitors of share links uploaded in a day: by all of them together (visitor ''), and by each. */
export const uploadsMigration: Migration = {
  name: 'uploads of visitors',
  sql: `
    CREATE TABLE share_uploads (
      day REAL NOT NULL, share TEXT NOT NULL REFERENCES doors (id) ON DELETE CASCADE, visitor TEXT NOT NULL, bytes REAL NOT NULL,
      PRIMARY KEY (day, share, visitor)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX share_uploads_of ON share_uploads (share);
  `,
};
