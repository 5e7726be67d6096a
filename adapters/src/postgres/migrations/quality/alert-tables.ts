import type { PostgresMigration } from '../../migration.js';

/** Alerts on figures of runs: rules with their state, channels, history, and messages. */
export const alertTables: PostgresMigration = {
  name: 'alerts',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.alerts (
      id text COLLATE "C" PRIMARY KEY, project text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL, rule text NOT NULL, state text NOT NULL,
      silent_until double precision, created_at double precision NOT NULL
    );
    CREATE TABLE $schema.alert_channels (
      id text COLLATE "C" PRIMARY KEY, project text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL, config text NOT NULL, secret bytea,
      created_at double precision NOT NULL
    );
    CREATE TABLE $schema.alert_events (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, alert text COLLATE "C" NOT NULL, at double precision NOT NULL, kind text NOT NULL,
      value double precision, text text NOT NULL, runs text NOT NULL, is_silenced smallint NOT NULL
    );
    CREATE INDEX alert_events_of ON $schema.alert_events (alert, number);
    CREATE TABLE $schema.alert_deliveries (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, event bigint NOT NULL,
      alert text COLLATE "C" NOT NULL, channel text COLLATE "C" NOT NULL, kind text NOT NULL, message text NOT NULL, status text COLLATE "C" NOT NULL,
      attempts integer NOT NULL, due_at double precision, error text, ended_at double precision
    );
    CREATE INDEX alert_deliveries_due ON $schema.alert_deliveries (due_at) WHERE status = 'waiting';
    CREATE INDEX alert_deliveries_of ON $schema.alert_deliveries (event);
    CREATE INDEX alert_deliveries_by_channel ON $schema.alert_deliveries (channel, number);
  `,
};
