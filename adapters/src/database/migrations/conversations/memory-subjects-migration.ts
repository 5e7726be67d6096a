import type { Migration } from '../migration.js';

/**
 * Conversations belong to a project, a workflow and a subject. Each is sealed with a key of its own, so that erasing the key erases it.
 * `takeOverConversations` moves earlier conversations into these tables; it needs the journal and the cipher, so it is not SQL.
 */
export const memorySubjectsMigration: Migration = {
  name: 'conversations by subject',
  sql: `
    -- Project, workflow and subject are null together: a conversation without an owner, which no run reaches.
    CREATE TABLE conversations (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT, workflow TEXT, subject TEXT, session TEXT NOT NULL,
      turns INTEGER NOT NULL DEFAULT 0, level INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL, updated_at REAL NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX conversations_of ON conversations (project, workflow, subject, session);
    CREATE INDEX conversations_by_time ON conversations (updated_at, id);

    -- Rows are added at the end and overwritten in place, never removed: no page is ever split or merged, which would leave copies of keys.
    CREATE TABLE conversation_keys (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;

    CREATE TABLE conversation_turns (
      conversation INTEGER NOT NULL, position INTEGER NOT NULL, message BLOB NOT NULL, label TEXT NOT NULL, time REAL NOT NULL,
      PRIMARY KEY (conversation, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE conversation_batches (
      conversation INTEGER NOT NULL, batch TEXT NOT NULL, PRIMARY KEY (conversation, batch)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE conversation_summaries (
      conversation INTEGER PRIMARY KEY, text BLOB NOT NULL, label TEXT NOT NULL, turns INTEGER NOT NULL
    ) STRICT;
  `,
};
