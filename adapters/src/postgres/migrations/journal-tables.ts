import type { PostgresMigration } from '../migration.js';

/**
 * The journal. `records` only grows: a start that was stored before its end keeps its own row. Texts with characters that Postgres refuses
 * (U+0000) are stored inside JSON.
 */
export const journalTables: PostgresMigration = {
  name: 'journal',
  sql: `
    CREATE TABLE $schema.bundles (hash text COLLATE "C" PRIMARY KEY, content text NOT NULL);

    CREATE TABLE $schema.runs (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE,
      workflow_id text COLLATE "C", workflow_name text NOT NULL, status text NOT NULL, run_trigger text NOT NULL,
      origin text COLLATE "C", replay_of text COLLATE "C", version integer, caller text,
      accepted_at double precision NOT NULL, started_at double precision, ended_at double precision, wake_at double precision,
      input_tokens bigint NOT NULL DEFAULT 0, output_tokens bigint NOT NULL DEFAULT 0, cost double precision NOT NULL DEFAULT 0,
      error text, error_message text, values_removed_at double precision,
      bundle text COLLATE "C" NOT NULL REFERENCES $schema.bundles (hash), acceptance text NOT NULL, blobs text,
      last_seq bigint NOT NULL DEFAULT 0, batch uuid NOT NULL,
      owner uuid, epoch bigint NOT NULL DEFAULT 0, claim uuid,
      needs text[] NOT NULL DEFAULT '{}', class text COLLATE "C" NOT NULL DEFAULT 'cpu', project text COLLATE "C" NOT NULL DEFAULT '',
      ready_at timestamptz NOT NULL DEFAULT clock_timestamp(), hinted_at timestamptz
    ) WITH (fillfactor = 70, toast_tuple_target = 256);
    CREATE INDEX runs_by_time ON $schema.runs (accepted_at, number);
    CREATE INDEX runs_by_workflow ON $schema.runs (workflow_id, accepted_at, number) WHERE workflow_id IS NOT NULL;
    CREATE INDEX runs_by_status ON $schema.runs (status, accepted_at, number);
    CREATE INDEX runs_by_bundle ON $schema.runs (bundle);
    CREATE INDEX runs_by_origin ON $schema.runs (origin) WHERE origin IS NOT NULL;
    CREATE INDEX runs_due ON $schema.runs (wake_at) WHERE wake_at IS NOT NULL;
    -- A run that has begun stands before those that have not.
    CREATE INDEX runs_ready ON $schema.runs (project, (coalesce(workflow_id, '')), (status = 'queued'), number)
      WHERE owner IS NULL AND status IN ('queued', 'running');
    CREATE INDEX runs_owned ON $schema.runs (owner, project, (coalesce(workflow_id, ''))) WHERE owner IS NOT NULL;

    CREATE TABLE $schema.records (
      run bigint NOT NULL, seq bigint NOT NULL, type text NOT NULL, time double precision NOT NULL, path text, attempt integer,
      start_seq bigint, start_time double precision, body text NOT NULL, blobs text, batch uuid,
      PRIMARY KEY (run, seq)
    );

    CREATE TABLE $schema.human_inputs (
      run bigint NOT NULL, request_id text COLLATE "C" NOT NULL, seq bigint NOT NULL, PRIMARY KEY (run, request_id)
    );

    -- The text stands as JSON.
    CREATE TABLE $schema.deltas (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run bigint NOT NULL, path text NOT NULL, attempt integer NOT NULL,
      port text NOT NULL, start integer NOT NULL, text text NOT NULL
    );
    CREATE INDEX deltas_by_run ON $schema.deltas (run, path);

    CREATE TABLE $schema.idempotency_keys (
      scope text NOT NULL, key text NOT NULL, request_hash text NOT NULL, run_id text NOT NULL,
      used_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (scope, key)
    );
    CREATE INDEX idempotency_keys_by_time ON $schema.idempotency_keys (used_at);
  `,
};
