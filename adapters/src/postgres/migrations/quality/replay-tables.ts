import type { PostgresMigration } from '../../migration.js';

/** Replays of recorded runs, and their rows. The `body` of a replay contains the request and the tested workflow. */
export const replayTables: PostgresMigration = {
  name: 'replays',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.replays (
      id text COLLATE "C" PRIMARY KEY, workflow text COLLATE "C" NOT NULL, who text NOT NULL, state text COLLATE "C" NOT NULL,
      body text NOT NULL, result text, created_at double precision NOT NULL, ended_at double precision
    );
    CREATE INDEX replays_workflow ON $schema.replays (workflow, created_at);
    CREATE TABLE $schema.replay_rows (
      replay text COLLATE "C" NOT NULL REFERENCES $schema.replays (id) ON DELETE CASCADE, number integer NOT NULL, recorded text NOT NULL,
      run text, status text COLLATE "C" NOT NULL, is_regression smallint NOT NULL DEFAULT 0, body text, PRIMARY KEY (replay, number)
    );
    CREATE INDEX replay_rows_status ON $schema.replay_rows (replay, status, number);
  `,
};
