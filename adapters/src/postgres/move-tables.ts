import type { PostgresMigration } from './migration.js';

/** Whether rows are arriving from a data folder, or have moved to one. Programs of the previous version still work. */
export const moveTables: PostgresMigration = {
  name: 'moves',
  minReader: 1,
  minWriter: 1,
  sql: `
    -- The last move: 'arriving' until every row is proved to be here, then 'arrived'; 'left' once all is proved to be elsewhere.
    CREATE TABLE $schema.moves (
      is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), id uuid NOT NULL, state text NOT NULL, other text NOT NULL,
      changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    -- How far each table has come while rows arrive.
    CREATE TABLE $schema.move_tables (
      name text COLLATE "C" PRIMARY KEY, after text, rows bigint NOT NULL, is_done boolean NOT NULL
    );
  `,
};
