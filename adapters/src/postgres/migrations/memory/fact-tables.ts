import type { PostgresMigration } from '../../migration.js';

/** The keys of facts, and the idempotency keys of their writes. */
export const factTables: PostgresMigration = {
  name: 'keys of facts',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.fact_keys (number bigint PRIMARY KEY, key bytea NOT NULL);
    CREATE TABLE $schema.fact_batches (batch text COLLATE "C" PRIMARY KEY, time double precision NOT NULL);
    CREATE INDEX fact_batches_by_time ON $schema.fact_batches (time);
  `,
};
