import type { Migration } from './migration.js';

/** The arrivals of each webhook and schedule, each attempt of a delivery, and the cost limit of a batch. */
export const triggersMigration: Migration = {
  name: 'triggers: arrivals, tries of deliveries, money of batches',
  sql: `
    CREATE TABLE arrivals (
      number INTEGER PRIMARY KEY, door TEXT NOT NULL, at REAL NOT NULL, key TEXT NOT NULL, run TEXT, code TEXT, message TEXT
    ) STRICT;
    CREATE INDEX arrivals_of ON arrivals (door, number);

    CREATE TABLE delivery_tries (
      number INTEGER PRIMARY KEY, delivery TEXT NOT NULL, at REAL NOT NULL, ms REAL NOT NULL, status INTEGER, response TEXT, error TEXT
    ) STRICT;
    CREATE INDEX delivery_tries_of ON delivery_tries (delivery, number);

    -- What the runs of a batch cost, those of rows that were tried again since too, and why it paused by itself.
    ALTER TABLE batches ADD COLUMN spent REAL NOT NULL DEFAULT 0;
    ALTER TABLE batches ADD COLUMN reason TEXT;

    CREATE TRIGGER door_goes AFTER DELETE ON doors BEGIN
      DELETE FROM arrivals WHERE door = OLD.id;
    END;
    CREATE TRIGGER delivery_goes AFTER DELETE ON deliveries BEGIN
      DELETE FROM delivery_tries WHERE delivery = OLD.id;
    END;
  `,
};
