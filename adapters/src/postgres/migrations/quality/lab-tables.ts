import type { PostgresMigration } from '../../migration.js';

/** Labs of collections, their configurations, and the scores for each question. They are deleted with their dataset. */
export const labTables: PostgresMigration = {
  name: 'labs',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.labs (
      id text COLLATE "C" PRIMARY KEY, dataset text COLLATE "C" NOT NULL REFERENCES $schema.datasets (id) ON DELETE CASCADE, version integer NOT NULL,
      project text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL, request text NOT NULL, job text COLLATE "C" NOT NULL DEFAULT '',
      questions integer NOT NULL, skipped integer NOT NULL, best text, comparisons text, created_at double precision NOT NULL
    );
    CREATE INDEX labs_by_dataset ON $schema.labs (dataset, created_at);
    CREATE INDEX labs_by_project ON $schema.labs (project, created_at);
    CREATE TABLE $schema.lab_configurations (
      lab text COLLATE "C" NOT NULL REFERENCES $schema.labs (id) ON DELETE CASCADE, number integer NOT NULL, body text NOT NULL,
      status text NOT NULL DEFAULT 'waiting', questions integer NOT NULL DEFAULT 0, ndcg double precision, recall double precision, mrr double precision,
      search_ms double precision, passages bigint, index_ms double precision, PRIMARY KEY (lab, number)
    );
    CREATE TABLE $schema.lab_answers (
      lab text COLLATE "C" NOT NULL, configuration integer NOT NULL, "row" text COLLATE "C" NOT NULL, ndcg double precision NOT NULL,
      recall double precision NOT NULL, mrr double precision NOT NULL, ms double precision NOT NULL, PRIMARY KEY (lab, configuration, "row"),
      FOREIGN KEY (lab, configuration) REFERENCES $schema.lab_configurations (lab, number) ON DELETE CASCADE
    );
  `,
};

/** The queries that models wrote for the questions of labs, with the time and cost of each call. They are deleted with their lab. */
export const labRewritingTables: PostgresMigration = {
  name: 'rewritings of labs',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.lab_rewritings (
      lab text COLLATE "C" NOT NULL REFERENCES $schema.labs (id) ON DELETE CASCADE, kind text COLLATE "C" NOT NULL, model text COLLATE "C" NOT NULL,
      "row" text COLLATE "C" NOT NULL, queries text NOT NULL, ms double precision NOT NULL, cost double precision, currency text,
      PRIMARY KEY (lab, kind, model, "row")
    );
  `,
};

/** How often a document that is judged as not relevant ranks above the first relevant one. */
export const labConfusionTables: PostgresMigration = {
  name: 'lab confusions',
  minReader: 1,
  minWriter: 1,
  sql: `
    ALTER TABLE $schema.lab_answers ADD COLUMN confusion double precision;
    ALTER TABLE $schema.lab_configurations ADD COLUMN confusions double precision, ADD COLUMN confusable integer;
  `,
};
