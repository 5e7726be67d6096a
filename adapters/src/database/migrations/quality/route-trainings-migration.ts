import type { Migration } from '../migration.js';

/** Route trainings, and the verdicts of judges on each row. Both are deleted with their experiment. */
export const routeTrainingsMigration: Migration = {
  name: 'route trainings',
  sql: `
    CREATE TABLE route_trainings (
      id TEXT PRIMARY KEY, experiment TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE, owner TEXT NOT NULL, status TEXT NOT NULL,
      request TEXT NOT NULL, rows INTEGER NOT NULL DEFAULT 0, error TEXT, code TEXT, result TEXT, created_at REAL NOT NULL, ended_at REAL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX route_trainings_by_experiment ON route_trainings (experiment, created_at);
    CREATE TABLE route_verdicts (
      training TEXT NOT NULL REFERENCES route_trainings (id) ON DELETE CASCADE, row INTEGER NOT NULL, loss REAL, cost REAL NOT NULL,
      PRIMARY KEY (training, row)
    ) STRICT, WITHOUT ROWID;
  `,
};
