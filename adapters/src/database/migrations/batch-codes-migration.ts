import type { Migration } from './migration.js';

/** Error codes for programs: why a row has no result, and why a batch paused by itself. */
export const batchCodesMigration: Migration = {
  name: 'codes of batches and rows',
  sql: `
    ALTER TABLE batches ADD COLUMN code TEXT;
    ALTER TABLE batch_rows ADD COLUMN code TEXT;
  `,
};
