import type { PostgresMigration } from '../migration.js';

/**
 * What all processes together report: the role of each, and how long runs waited for a worker. Programs of the previous version still work.
 */
export const clusterViewTables: PostgresMigration = {
  name: 'roles of processes and waits of runs',
  minReader: 1,
  minWriter: 1,
  sql: `
    ALTER TABLE $schema.workers ADD COLUMN role text NOT NULL DEFAULT 'worker';

    -- How many runs of a class waited at most so many seconds, and more than the bound before.
    CREATE TABLE $schema.queue_waits (
      class text COLLATE "C" NOT NULL, bound double precision NOT NULL, runs bigint NOT NULL, seconds double precision NOT NULL,
      PRIMARY KEY (class, bound)
    ) WITH (fillfactor = 50);
  `,
};
