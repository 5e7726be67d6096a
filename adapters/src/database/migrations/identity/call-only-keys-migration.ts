import type { Migration } from '../migration.js';

/**
 * A key with `run:start` could run any document with the rights of its owner. From now on, such keys can only call published versions.
 * Their earlier rights are stored beside them, so that a refused call can name the right to add. Keys without `run:start` could not run
 * anything, and stay as they are.
 */
export const callOnlyKeysMigration: Migration = {
  name: 'keys call published versions only',
  sql: `
    ALTER TABLE api_keys ADD COLUMN narrowed_from TEXT;
    UPDATE api_keys
       SET narrowed_from = json_extract(scopes, '$.permissions'),
           scopes = json_set(scopes, '$.permissions', json('["run:published"]'))
     WHERE EXISTS (SELECT 1 FROM json_each(scopes, '$.permissions') WHERE value = 'run:start');
  `,
};
