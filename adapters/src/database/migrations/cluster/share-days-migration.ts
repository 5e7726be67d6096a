import type { Migration } from '../migration.js';

/** Values that commits of runs compare with: how many runs a share page may start in a day, and the events that a webhook subscribes to. */
export const shareDaysMigration: Migration = {
  name: 'runs of a day of shares, events of webhooks',
  sql: `
    ALTER TABLE channels ADD COLUMN runs_per_day INTEGER;
    UPDATE channels SET runs_per_day = json_extract(body, '$.runsPerDay') WHERE kind = 'share';
    ALTER TABLE channels ADD COLUMN events TEXT;
    UPDATE channels SET events = json_extract(body, '$.events') WHERE kind = 'webhook';
  `,
};
