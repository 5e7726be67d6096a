import type { PostgresMigration } from '../migration.js';

/**
 * Datasets with versions. A row belongs to the versions from `added_in` up to, but not including, `removed_in`. Numbers above the version
 * of the dataset belong to an unfinished write. Questions that a model writes for a dataset are stored separately while their job runs.
 */
export const datasetTables: PostgresMigration = {
  name: 'datasets and questions',
  minReader: 1,
  minWriter: 1,
  sql: `
    -- JSON of a text, without the characters that a text of Postgres cannot hold: NUL and halves of surrogate pairs.
    CREATE FUNCTION $schema.json_of(value text) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
      SELECT regexp_replace(value, '(?<!\\\\)((?:\\\\\\\\)*)\\\\u(?:0000|d[89a-f][0-9a-f]{2})', '\\1\\\\ufffd', 'g')::json
    $body$;

    CREATE TABLE $schema.datasets (
      id text COLLATE "C" PRIMARY KEY, name text COLLATE "C" NOT NULL, description text NOT NULL, version integer NOT NULL DEFAULT 0,
      rows integer NOT NULL DEFAULT 0, created_at double precision NOT NULL, updated_at double precision NOT NULL,
      writer text COLLATE "C", written_at double precision, erasures bigint NOT NULL DEFAULT 0
    );
    CREATE TABLE $schema.dataset_versions (
      dataset text COLLATE "C" NOT NULL REFERENCES $schema.datasets (id) ON DELETE CASCADE, version integer NOT NULL, rows integer NOT NULL,
      added integer NOT NULL, removed integer NOT NULL, erased integer NOT NULL DEFAULT 0, who text NOT NULL, note text NOT NULL,
      created_at double precision NOT NULL, PRIMARY KEY (dataset, version)
    );
    CREATE TABLE $schema.dataset_rows (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      dataset text COLLATE "C" NOT NULL REFERENCES $schema.datasets (id) ON DELETE CASCADE, id text COLLATE "C" NOT NULL, hash text NOT NULL,
      inputs_hash text COLLATE "C" NOT NULL, split text COLLATE "C", run text COLLATE "C", body text NOT NULL, added_in integer NOT NULL,
      removed_in integer, seen_in integer NOT NULL
    );
    CREATE INDEX dataset_rows_number ON $schema.dataset_rows (dataset, number);
    CREATE UNIQUE INDEX dataset_rows_id ON $schema.dataset_rows (dataset, id) WHERE removed_in IS NULL;
    CREATE INDEX dataset_rows_inputs ON $schema.dataset_rows (dataset, inputs_hash);
    CREATE INDEX dataset_rows_run ON $schema.dataset_rows (run) WHERE run IS NOT NULL;
    CREATE TABLE $schema.dataset_runs (
      conversation text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL, PRIMARY KEY (conversation, run)
    );
    CREATE INDEX dataset_runs_run ON $schema.dataset_runs (run);
    CREATE TABLE $schema.question_jobs (
      id text COLLATE "C" PRIMARY KEY, dataset text COLLATE "C" NOT NULL REFERENCES $schema.datasets (id) ON DELETE CASCADE,
      owner text NOT NULL, project text NOT NULL, body text NOT NULL, report text NOT NULL, is_planned smallint NOT NULL DEFAULT 0
    );
    CREATE INDEX question_jobs_dataset ON $schema.question_jobs (dataset);
    CREATE TABLE $schema.question_attempts (
      job text COLLATE "C" NOT NULL REFERENCES $schema.question_jobs (id) ON DELETE CASCADE, number integer NOT NULL, body text NOT NULL,
      is_settled smallint NOT NULL DEFAULT 0, "row" text, PRIMARY KEY (job, number)
    );
  `,
};
