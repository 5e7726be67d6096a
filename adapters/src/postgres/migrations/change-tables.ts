import type { PostgresMigration } from '../migration.js';

/** The log of changes to tables that processes cache, and kill switches. */
export const changeTables: PostgresMigration = {
  name: 'changes',
  minReader: 1,
  minWriter: 1,
  sql: `
    -- Changes are numbered in the order of their commits: each commit takes the next number under the lock of this row.
    CREATE TABLE $schema.change_count (id integer PRIMARY KEY, number bigint NOT NULL);
    CREATE TABLE $schema.changes (
      number bigint PRIMARY KEY, topic text COLLATE "C" NOT NULL, key text COLLATE "C", origin uuid NOT NULL,
      at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE INDEX changes_by_time ON $schema.changes (at);

    CREATE TABLE $schema.kill_switches (
      target text COLLATE "C" PRIMARY KEY, reason text NOT NULL, who text COLLATE "C" NOT NULL, time double precision NOT NULL
    );
  `,
};
