import type { Migration } from './migration.js';

/** Model calls that providers answer in batches, and those batches. */
export const providerBatchesMigration: Migration = {
  name: 'batches of providers',
  sql: `
    ALTER TABLE model_calls ADD COLUMN is_batched INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE model_calls ADD COLUMN batch_saved REAL NOT NULL DEFAULT 0;
    CREATE TABLE provider_batches (
      id TEXT PRIMARY KEY, connection TEXT NOT NULL, model TEXT NOT NULL, endpoint TEXT NOT NULL, state TEXT NOT NULL,
      provider_id TEXT, calls INTEGER NOT NULL, created_at REAL NOT NULL, submitted_at REAL, next_at REAL NOT NULL,
      tries INTEGER NOT NULL, has_begun INTEGER NOT NULL, problem TEXT
    ) STRICT;
    CREATE INDEX provider_batches_open ON provider_batches (state, next_at);
    CREATE TABLE provider_batch_calls (
      number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, failures INTEGER NOT NULL,
      workflow TEXT, owner TEXT NOT NULL, connection TEXT NOT NULL, model TEXT NOT NULL, endpoint TEXT NOT NULL, level TEXT NOT NULL,
      falls_back INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, most REAL NOT NULL, body TEXT NOT NULL,
      state TEXT NOT NULL, tries INTEGER NOT NULL, batch TEXT, provider_id TEXT, answer TEXT, problem TEXT, created_at REAL NOT NULL,
      is_settled INTEGER NOT NULL, UNIQUE (run, key)
    ) STRICT;
    CREATE INDEX provider_batch_calls_by_state ON provider_batch_calls (state, connection, model, endpoint);
    CREATE INDEX provider_batch_calls_of_batch ON provider_batch_calls (batch, state);
    CREATE INDEX provider_batch_calls_of_owner ON provider_batch_calls (owner, state);
  `,
};
