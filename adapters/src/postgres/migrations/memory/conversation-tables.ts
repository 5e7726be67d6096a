import type { PostgresMigration } from '../../migration.js';

/** The content of conversations, encrypted with one key for each conversation. */
export const conversationTables: PostgresMigration = {
  name: 'turns of conversations',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.conversation_keys (number bigint PRIMARY KEY, key bytea NOT NULL);
    CREATE TABLE $schema.conversation_turns (
      conversation bigint NOT NULL, position bigint NOT NULL, message bytea NOT NULL, label text NOT NULL, time double precision NOT NULL,
      run text COLLATE "C", PRIMARY KEY (conversation, position)
    );
    CREATE TABLE $schema.conversation_batches (
      conversation bigint NOT NULL, batch text COLLATE "C" NOT NULL, PRIMARY KEY (conversation, batch)
    );
    CREATE TABLE $schema.conversation_summaries (
      conversation bigint PRIMARY KEY, text bytea NOT NULL, label text NOT NULL, turns bigint NOT NULL
    );
  `,
};
