import type { Migration } from '../migration.js';

/** Renames stops to kill switches, parked runs to suspended, and held runs to paused. */
export const killSwitchesMigration: Migration = {
  name: 'kill switches, suspended and paused runs',
  sql: `
    ALTER TABLE stops RENAME TO kill_switches;
    UPDATE runs SET status = 'suspended' WHERE status = 'parked';
    UPDATE runs SET status = 'paused' WHERE status = 'held';
    UPDATE api_keys SET scopes = replace(scopes, '"stop:set"', '"kill-switch:set"');
  `,
};
