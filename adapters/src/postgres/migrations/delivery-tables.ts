import type { PostgresMigration } from '../migration.js';

/** Webhook messages, and each attempt to deliver one. */
export const deliveryTables: PostgresMigration = {
  name: 'deliveries',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.deliveries (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, channel text COLLATE "C" NOT NULL,
      run text COLLATE "C" NOT NULL, event text COLLATE "C" NOT NULL, request text COLLATE "C", status text COLLATE "C" NOT NULL,
      attempts bigint NOT NULL DEFAULT 0, created_at double precision NOT NULL, next_at double precision, ended_at double precision,
      error text
    );
    CREATE INDEX deliveries_due ON $schema.deliveries (next_at) WHERE status = 'waiting';
    CREATE INDEX deliveries_of ON $schema.deliveries (channel, number);
    CREATE TABLE $schema.delivery_tries (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      delivery text COLLATE "C" NOT NULL REFERENCES $schema.deliveries (id) ON DELETE CASCADE, at double precision NOT NULL,
      ms double precision NOT NULL, status integer, response text, error text
    );
    CREATE INDEX delivery_tries_of ON $schema.delivery_tries (delivery, number);

    CREATE OR REPLACE FUNCTION $schema.channels_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.deliveries WHERE channel IN (SELECT id FROM $schema.channels WHERE workflow_id = OLD.id);
      DELETE FROM $schema.channels WHERE workflow_id = OLD.id;
      RETURN NULL;
    END $body$;
  `,
};
