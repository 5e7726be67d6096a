import type { PostgresMigration } from '../migration.js';

/** The prompt library. A version never changes; labels point to versions. */
export const promptTables: PostgresMigration = {
  name: 'prompts',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.prompts (
      id text COLLATE "C" PRIMARY KEY, project text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, title text NOT NULL,
      kind text NOT NULL, owners text NOT NULL, version integer NOT NULL, created_at double precision NOT NULL,
      updated_at double precision NOT NULL, UNIQUE (project, name)
    );
    CREATE TABLE $schema.prompt_versions (
      prompt text COLLATE "C" NOT NULL REFERENCES $schema.prompts (id) ON DELETE CASCADE, version integer NOT NULL, hash text NOT NULL,
      content text NOT NULL, note text NOT NULL, who text NOT NULL, created_at double precision NOT NULL, PRIMARY KEY (prompt, version)
    );
    CREATE TABLE $schema.prompt_labels (
      prompt text COLLATE "C" NOT NULL REFERENCES $schema.prompts (id) ON DELETE CASCADE, label text COLLATE "C" NOT NULL,
      version integer NOT NULL, PRIMARY KEY (prompt, label)
    );
  `,
};
