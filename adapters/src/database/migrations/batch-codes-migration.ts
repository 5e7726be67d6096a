import type { Migration } from './migration.js';

/** Why a row has no result and why a batch paused by itself, as codes for programs. */
export const batchCodesMigration: Migration = {
  name: 'codes of batches and rows',
  sql: `
    ALTER TABLE batches ADD COLUMN code TEXT;
    ALTER TABLE batch_rows ADD COLUMN code TEXT;
  `,
};
