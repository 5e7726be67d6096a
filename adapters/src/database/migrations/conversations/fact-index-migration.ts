import type { Migration } from '../migration.js';

/** An index that answers the reads of a run without the rows. Each row has a vector of a kilobyte or more, so 50 facts are 50 pages. */
export const factIndexMigration: Migration = {
  name: 'facts are looked through in their index',
  sql: `
    DROP INDEX facts_of;
    CREATE INDEX facts_of ON facts (project, subject, workflow, updated_at, model, level, expires_at, id, label, created_at);
  `,
};
