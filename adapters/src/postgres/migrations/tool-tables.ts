import type { PostgresMigration } from '../migration.js';

/** Tool servers with their tools and grants, and the revision numbers of topics. */
export const toolTables: PostgresMigration = {
  name: 'tool servers',
  minReader: 1,
  minWriter: 1,
  sql: `
    -- How often what processes keep in memory has changed.
    CREATE TABLE $schema.revisions (topic text COLLATE "C" PRIMARY KEY, number bigint NOT NULL) WITH (fillfactor = 50);

    CREATE TABLE $schema.tool_servers (
      id text COLLATE "C" PRIMARY KEY, body text NOT NULL, updated_at double precision NOT NULL
    );
    CREATE TABLE $schema.tools (
      server text COLLATE "C" NOT NULL REFERENCES $schema.tool_servers (id) ON DELETE CASCADE, tool text COLLATE "C" NOT NULL,
      hash text NOT NULL, definition text NOT NULL, is_offered integer NOT NULL, seen_at double precision NOT NULL,
      approved_hash text, approved_definition text, approved_by text, approved_at double precision, effects text,
      is_disabled integer NOT NULL DEFAULT 0, PRIMARY KEY (server, tool)
    );
    CREATE TABLE $schema.tool_grants (
      server text COLLATE "C" PRIMARY KEY REFERENCES $schema.tool_servers (id) ON DELETE CASCADE, sealed bytea NOT NULL,
      expires_at double precision, updated_at double precision NOT NULL
    );
  `,
};
