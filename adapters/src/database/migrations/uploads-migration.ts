import type { Migration } from './migration.js';

/** Bytes that visitors of share links sent on a day: of all together (visitor ''), and of each. */
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
