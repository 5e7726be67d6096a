import type { Migration } from './migration.js';

/** The results of the runs of a canary, so that they survive a restart. */
export const canariesMigration: Migration = {
  name: 'canaries',
  sql: `
    -- Runs accepted after this number count: what ran as this version before it was a canary says nothing about it.
    CREATE TABLE canaries (
      workflow_id TEXT PRIMARY KEY, version INTEGER NOT NULL, after_run INTEGER NOT NULL,
      runs INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, ms REAL NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    INSERT INTO canaries (workflow_id, version, after_run)
      SELECT workflow_id, json_extract(body, '$.canary.version'), (SELECT coalesce(max(number), 0) FROM runs)
      FROM live_versions WHERE json_extract(body, '$.canary.version') IS NOT NULL;
    CREATE TRIGGER canaries_go AFTER DELETE ON workflows BEGIN
      DELETE FROM canaries WHERE workflow_id = OLD.id;
    END;
  `,
};
