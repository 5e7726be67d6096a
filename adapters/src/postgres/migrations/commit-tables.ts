import type { PostgresMigration } from '../migration.js';

/** Support for guarded writes: commit ids, the check of touched rows, and audit entries that are not in a chain yet. */
export const commitTables: PostgresMigration = {
  name: 'commits',
  minReader: 1,
  minWriter: 1,
  sql: `
    -- A commit whose answer was lost is sent again, and finds its id.
    CREATE TABLE $schema.commits (id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE INDEX commits_by_time ON $schema.commits (at);

    CREATE FUNCTION $schema.expect_rows(touched bigint, fewest bigint, largest bigint) RETURNS void LANGUAGE plpgsql AS $body$
    BEGIN
      IF touched < fewest OR touched > largest THEN
        RAISE EXCEPTION 'a write touched % rows', touched USING ERRCODE = 'P0H01';
      END IF;
    END $body$;

    -- One sealer numbers the entries and chains them.
    CREATE TABLE $schema.audit_entries (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, time double precision NOT NULL, kind text COLLATE "C" NOT NULL,
      who text COLLATE "C" NOT NULL, project text COLLATE "C", subject text COLLATE "C" NOT NULL, is_allowed integer NOT NULL, details text NOT NULL
    );
  `,
};
