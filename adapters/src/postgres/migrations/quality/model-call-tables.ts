import type { PostgresMigration } from '../../migration.js';

/** All model calls, which stay when their run is removed, and the newest decisions of routes. */
export const modelCallTables: PostgresMigration = {
  name: 'model calls and route decisions',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.model_calls (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text COLLATE "C" NOT NULL, workflow text COLLATE "C", api_key text COLLATE "C",
      path text NOT NULL, model text COLLATE "C" NOT NULL, connection text COLLATE "C", kind text COLLATE "C" NOT NULL, is_local smallint NOT NULL,
      started double precision NOT NULL, ms double precision NOT NULL, first_token_ms double precision, input_tokens bigint NOT NULL,
      output_tokens bigint NOT NULL, cost double precision, currency text COLLATE "C", error text COLLATE "C", cached_tokens bigint NOT NULL DEFAULT 0,
      cache_write_tokens bigint NOT NULL DEFAULT 0, cache_saved double precision NOT NULL DEFAULT 0, is_batched smallint NOT NULL DEFAULT 0,
      batch_saved double precision NOT NULL DEFAULT 0
    );
    CREATE INDEX model_calls_by_model ON $schema.model_calls (model, number);
    CREATE INDEX model_calls_by_time ON $schema.model_calls (started);
    CREATE INDEX model_calls_by_run ON $schema.model_calls (run);
    CREATE TABLE $schema.route_decisions (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text COLLATE "C" NOT NULL, workflow text COLLATE "C", path text NOT NULL,
      time double precision NOT NULL, details text NOT NULL
    );
    CREATE INDEX route_decisions_of ON $schema.route_decisions (run);
  `,
};
