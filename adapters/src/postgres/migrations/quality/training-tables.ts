import type { PostgresMigration } from '../../migration.js';

/** Route trainings, and the verdicts of judges on each row. Both are deleted with their experiment. */
export const trainingTables: PostgresMigration = {
  name: 'route trainings',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.route_trainings (
      id text COLLATE "C" PRIMARY KEY, experiment text COLLATE "C" NOT NULL REFERENCES $schema.experiments (id) ON DELETE CASCADE,
      owner text COLLATE "C" NOT NULL, status text NOT NULL, request text NOT NULL, rows integer NOT NULL DEFAULT 0, error text, code text, result text,
      created_at double precision NOT NULL, ended_at double precision
    );
    CREATE INDEX route_trainings_by_experiment ON $schema.route_trainings (experiment, created_at);
    CREATE TABLE $schema.route_verdicts (
      training text COLLATE "C" NOT NULL REFERENCES $schema.route_trainings (id) ON DELETE CASCADE, "row" integer NOT NULL, loss double precision,
      cost double precision NOT NULL, PRIMARY KEY (training, "row")
    );
  `,
};
