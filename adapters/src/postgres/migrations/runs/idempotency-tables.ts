import type { PostgresMigration } from '../../migration.js';

/** As in heddle.db, idempotency keys get the time of the process that stores them. An index finds their runs when those are erased. */
export const idempotencyTables: PostgresMigration = {
  name: 'idempotency keys of stores',
  sql: `
    ALTER TABLE $schema.idempotency_keys ALTER COLUMN used_at DROP DEFAULT;
    ALTER TABLE $schema.idempotency_keys ALTER COLUMN used_at TYPE double precision USING extract(epoch FROM used_at) * 1000;
    ALTER TABLE $schema.idempotency_keys ALTER COLUMN scope TYPE text COLLATE "C", ALTER COLUMN key TYPE text COLLATE "C",
      ALTER COLUMN run_id TYPE text COLLATE "C";
    CREATE INDEX idempotency_keys_by_run ON $schema.idempotency_keys (run_id);
  `,
};
