import type { PostgresMigration } from '../migration.js';

/** Batches of providers, and the model calls in them. */
export const providerBatchTables: PostgresMigration = {
  name: 'batches of providers',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.provider_batches (
      id text COLLATE "C" PRIMARY KEY, connection text COLLATE "C" NOT NULL, model text COLLATE "C" NOT NULL,
      endpoint text COLLATE "C" NOT NULL, state text COLLATE "C" NOT NULL, provider_id text COLLATE "C", calls integer NOT NULL,
      created_at double precision NOT NULL, submitted_at double precision, next_at double precision NOT NULL, tries integer NOT NULL,
      has_begun integer NOT NULL, problem text
    );
    CREATE INDEX provider_batches_open ON $schema.provider_batches (state, next_at);
    CREATE TABLE $schema.provider_batch_calls (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL,
      path text COLLATE "C" NOT NULL, failures integer NOT NULL, workflow text COLLATE "C", owner text COLLATE "C" NOT NULL,
      connection text COLLATE "C" NOT NULL, model text COLLATE "C" NOT NULL, endpoint text COLLATE "C" NOT NULL, level text NOT NULL,
      falls_back integer NOT NULL, input_tokens double precision NOT NULL, output_tokens double precision NOT NULL,
      most double precision NOT NULL, body text NOT NULL, state text COLLATE "C" NOT NULL, tries integer NOT NULL, batch text COLLATE "C",
      provider_id text COLLATE "C", answer text, problem text COLLATE "C", created_at double precision NOT NULL,
      is_settled integer NOT NULL, UNIQUE (run, key)
    );
    CREATE INDEX provider_batch_calls_by_state ON $schema.provider_batch_calls (state, connection, model, endpoint);
    CREATE INDEX provider_batch_calls_of_batch ON $schema.provider_batch_calls (batch, state);
    CREATE INDEX provider_batch_calls_of_owner ON $schema.provider_batch_calls (owner, state);
  `,
};
