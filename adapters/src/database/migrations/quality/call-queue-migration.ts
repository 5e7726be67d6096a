import type { Migration } from '../migration.js';

/** Calls of models wait for the sums of the dashboard in a queue, as runs do, and not behind a mark; those of before the sums keep their mark. */
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
