import type { Migration } from '../migration.js';

const rename = (table: string): string => `
    UPDATE ${table} SET body = json_remove(json_set(body, '$.clearance', body ->> '$.ceiling'), '$.ceiling')
      WHERE body ->> '$.ceiling' IS NOT NULL;`;

/** Renames the ceiling of a destination to clearance. */
export const clearanceMigration: Migration = {
  name: 'clearances',
  sql: ['connections', 'tool_servers', 'doors', 'batches'].map(rename).join(''),
};
