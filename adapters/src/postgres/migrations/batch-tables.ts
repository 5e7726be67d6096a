import type { PostgresMigration } from '../migration.js';

/** Batches of runs, and their rows. */
export const batchTables: PostgresMigration = {
  name: 'batches',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.batches (
      id text COLLATE "C" PRIMARY KEY, workflow_id text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL, state text COLLATE "C" NOT NULL,
      body text NOT NULL, created_at double precision NOT NULL, spent double precision NOT NULL DEFAULT 0, reason text, code text COLLATE "C"
    );
    CREATE INDEX batches_of ON $schema.batches (workflow_id, created_at);
    CREATE TABLE $schema.batch_rows (
      batch text COLLATE "C" NOT NULL, number integer NOT NULL, inputs text NOT NULL, status text COLLATE "C" NOT NULL,
      attempt integer NOT NULL, run text COLLATE "C", error text, code text COLLATE "C", PRIMARY KEY (batch, number)
    ) WITH (fillfactor = 80);
    CREATE INDEX batch_rows_by_status ON $schema.batch_rows (batch, status, number);
    CREATE INDEX batch_rows_by_run ON $schema.batch_rows (run) WHERE run IS NOT NULL;

    CREATE OR REPLACE FUNCTION $schema.channels_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.deliveries WHERE channel IN (SELECT id FROM $schema.channels WHERE workflow_id = OLD.id);
      DELETE FROM $schema.channels WHERE workflow_id = OLD.id;
      DELETE FROM $schema.batch_rows WHERE batch IN (SELECT id FROM $schema.batches WHERE workflow_id = OLD.id);
      DELETE FROM $schema.batches WHERE workflow_id = OLD.id;
      RETURN NULL;
    END $body$;
  `,
};
