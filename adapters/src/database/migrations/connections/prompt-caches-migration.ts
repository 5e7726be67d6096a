import type { Migration } from '../migration.js';

/** Tokens that calls read from and wrote to the prompt caches of providers, and the cost that this saved. */
export const promptCachesMigration: Migration = {
  name: 'prompt caches of providers',
  sql: `
    ALTER TABLE model_calls ADD COLUMN cached_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE model_calls ADD COLUMN cache_write_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE model_calls ADD COLUMN cache_saved REAL NOT NULL DEFAULT 0;
  `,
};
