import type { Migration } from '../migration.js';

/**
 * A conversation is identified by an id that the server makes, and no longer by a session from the inputs of a run. The old session stays
 * as its name until it is renamed; a new name is sealed like the messages.
 */
export const threadsMigration: Migration = {
  name: 'threads',
  sql: `
    DROP INDEX conversations_of;
    CREATE INDEX conversations_of ON conversations (project, subject, updated_at, id);
    ALTER TABLE conversations ADD COLUMN title BLOB;
    -- The newest run, and whether what it said is recorded.
    ALTER TABLE conversations ADD COLUMN run TEXT;
    ALTER TABLE conversations ADD COLUMN is_recorded INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE conversation_turns ADD COLUMN run TEXT;
  `,
};
