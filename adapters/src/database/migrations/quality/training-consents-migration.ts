import type { Migration } from '../migration.js';

/** The time since which the callers of a workflow or the users of a share link consent that their runs train models. */
export const trainingConsentsMigration: Migration = {
  name: 'consent to training',
  sql: 'CREATE TABLE training_consents (subject TEXT PRIMARY KEY, since REAL NOT NULL) STRICT, WITHOUT ROWID;',
};
