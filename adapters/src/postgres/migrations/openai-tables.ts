import type { PostgresMigration } from '../migration.js';

/** Files and batches that clients of the OpenAI API create. */
export const openAiTables: PostgresMigration = {
  name: 'files and batches of OpenAI’s clients',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.openai_files (
      id text COLLATE "C" PRIMARY KEY, project text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL, purpose text NOT NULL,
      name text NOT NULL, bytes double precision NOT NULL, blob text COLLATE "C" NOT NULL, created_at double precision NOT NULL,
      expires_at double precision NOT NULL
    );
    CREATE INDEX openai_files_of_owner ON $schema.openai_files (owner, project, created_at);
    CREATE INDEX openai_files_of_project ON $schema.openai_files (project);
    CREATE INDEX openai_files_by_expiry ON $schema.openai_files (expires_at);
    CREATE TABLE $schema.openai_batches (
      id text COLLATE "C" PRIMARY KEY, project text COLLATE "C" NOT NULL, owner text COLLATE "C" NOT NULL, workflow text COLLATE "C" NOT NULL,
      batch text COLLATE "C" NOT NULL UNIQUE, body text NOT NULL, input text COLLATE "C" NOT NULL, created_at double precision NOT NULL,
      cancelled_at double precision, ended_at double precision, output_file text COLLATE "C", error_file text COLLATE "C"
    );
    CREATE INDEX openai_batches_of_owner ON $schema.openai_batches (owner, project, created_at);
  `,
};
