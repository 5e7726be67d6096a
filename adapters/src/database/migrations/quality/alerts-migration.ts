import type { Migration } from '../migration.js';

/** Alerts on figures of runs: rules with their state, channels, events and messages. */
export const alertsMigration: Migration = {
  name: 'alerts',
  sql: `
    CREATE TABLE alerts (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, owner TEXT NOT NULL, rule TEXT NOT NULL, state TEXT NOT NULL, silent_until REAL,
      created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE alert_channels (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, owner TEXT NOT NULL, config TEXT NOT NULL, secret BLOB, created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE alert_events (
      number INTEGER PRIMARY KEY, alert TEXT NOT NULL, at REAL NOT NULL, kind TEXT NOT NULL, value REAL, text TEXT NOT NULL,
      runs TEXT NOT NULL, is_silenced INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX alert_events_of ON alert_events (alert, number);
    CREATE TABLE alert_deliveries (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event INTEGER NOT NULL, alert TEXT NOT NULL, channel TEXT NOT NULL,
      kind TEXT NOT NULL, message TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL, due_at REAL, error TEXT, ended_at REAL
    ) STRICT;
    CREATE INDEX alert_deliveries_due ON alert_deliveries (due_at) WHERE status = 'waiting';
    CREATE INDEX alert_deliveries_of ON alert_deliveries (event);
    CREATE INDEX alert_deliveries_by_channel ON alert_deliveries (channel, number);
  `,
};
