import type { PostgresMigration } from '../migration.js';

/** Gates for publications and for new indexes, routing policies, consents to training, and people's verdicts on judges. */
export const gateTables: PostgresMigration = {
  name: 'gates, policies and calibrations',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.gates (
      project text COLLATE "C" PRIMARY KEY, rules text NOT NULL, revision bigint NOT NULL, changed_at double precision NOT NULL,
      changed_by text NOT NULL
    );
    CREATE TABLE $schema.gate_checks (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, workflow text COLLATE "C" NOT NULL, work text COLLATE "C" NOT NULL,
      hash text NOT NULL, basis text NOT NULL, reference text NOT NULL, result text, created_at double precision NOT NULL
    );
    CREATE INDEX gate_checks_of ON $schema.gate_checks (workflow, work, number);
    CREATE TABLE $schema.judges (
      project text COLLATE "C" NOT NULL, judge text COLLATE "C" NOT NULL, evaluator text NOT NULL, updated_at double precision NOT NULL,
      PRIMARY KEY (project, judge)
    );
    CREATE TABLE $schema.judge_pairs (
      project text COLLATE "C" NOT NULL, judge text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL, who text COLLATE "C" NOT NULL,
      judged double precision NOT NULL, person double precision NOT NULL, PRIMARY KEY (project, judge, subject, who),
      FOREIGN KEY (project, judge) REFERENCES $schema.judges (project, judge) ON DELETE CASCADE
    );
    CREATE TABLE $schema.index_gates (collection text COLLATE "C" PRIMARY KEY, body text NOT NULL);
    CREATE TABLE $schema.policies (name text COLLATE "C" PRIMARY KEY, body text NOT NULL, updated_at double precision NOT NULL);
    CREATE TABLE $schema.training_consents (subject text COLLATE "C" PRIMARY KEY, since double precision NOT NULL);
  `,
};
