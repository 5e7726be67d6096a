import type { Migration } from '../migration.js';

/** Renames visitors of share pages to anonymous users. */
export const anonymousUsersMigration: Migration = {
  name: 'anonymous users',
  sql: `
    ALTER TABLE share_uploads RENAME COLUMN visitor TO anonymous_user;
    UPDATE channels SET body = json_remove(json_set(body, '$.uploadBytesPerUser', body -> '$.uploadBytesPerVisitor'), '$.uploadBytesPerVisitor')
      WHERE kind = 'share' AND body -> '$.uploadBytesPerVisitor' IS NOT NULL;
  `,
};
