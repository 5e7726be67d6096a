import type { PostgresMigration } from '../migration.js';

/** Commands to runs, and the classes of runs that each worker takes. Programs of the previous version still work. */
export const commandTables: PostgresMigration = {
  name: 'commands',
  minReader: 2,
  minWriter: 2,
  sql: `
    ALTER TABLE $schema.workers ADD COLUMN classes text[] NOT NULL DEFAULT '{cpu}';

    CREATE TABLE $schema.commands (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id uuid NOT NULL UNIQUE, run text COLLATE "C" NOT NULL,
      kind text NOT NULL, body text NOT NULL, sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      outcome text, settled_at timestamptz
    );
    CREATE INDEX commands_open ON $schema.commands (run, number) WHERE settled_at IS NULL;
    CREATE INDEX commands_settled ON $schema.commands (settled_at) WHERE settled_at IS NOT NULL;
  `,
};
