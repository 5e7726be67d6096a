import type { Migration } from '../migration.js';

const rename = (table: string): string => `
    UPDATE ${table} SET body = json_remove(json_set(body, '$.clearance', body ->> '$.ceiling'), '$.ceiling')
      WHERE body ->> '$.ceiling' IS NOT NULL;`;

/** The ceiling of a destination is its clearance. */
export const clearanceMigration: Migration = {
  name: 'clearances',
  sql: ['connections', 'tool_servers', 'doors', 'batches'].map(rename).join(''),
};
