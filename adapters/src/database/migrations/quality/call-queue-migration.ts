import type { Migration } from '../migration.js';

/**
 * Model calls wait in a queue to be counted for the dashboard, as runs do, and no longer behind a mark. Calls from before the sums existed
 * keep their mark.
 */
export const callQueueMigration: Migration = {
  name: 'queue of model calls',
  sql: `
    CREATE TABLE rollup_call_queue (number INTEGER PRIMARY KEY) STRICT;
    INSERT INTO rollup_call_queue
      SELECT number FROM model_calls WHERE number > coalesce((SELECT number FROM rollup_marks WHERE name = 'calls'), 0);
    DELETE FROM rollup_marks WHERE name = 'calls';
    CREATE TRIGGER rollup_call_ends AFTER INSERT ON model_calls BEGIN
      INSERT INTO rollup_call_queue VALUES (NEW.number);
    END;
  `,
};
