import type { PostgresMigration } from '../migration.js';

/** Channels of published workflows, uploads by users of share links, deletions that can still be undone, and budgets. */
export const shareTables: PostgresMigration = {
  name: 'webhooks, schedules and shares; budgets',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.channels (
      id text COLLATE "C" PRIMARY KEY, kind text COLLATE "C" NOT NULL, workflow_id text COLLATE "C" NOT NULL,
      owner text COLLATE "C" NOT NULL, body text NOT NULL, secret bytea, token_hash text COLLATE "C" UNIQUE,
      created_at double precision NOT NULL, fired_at double precision, day double precision, day_runs bigint NOT NULL DEFAULT 0,
      runs_per_day bigint, events text
    );
    CREATE INDEX channels_of ON $schema.channels (workflow_id, kind);
    CREATE TABLE $schema.share_uploads (
      day double precision NOT NULL, share text COLLATE "C" NOT NULL REFERENCES $schema.channels (id) ON DELETE CASCADE,
      anonymous_user text COLLATE "C" NOT NULL, bytes double precision NOT NULL, PRIMARY KEY (day, share, anonymous_user)
    );
    CREATE INDEX share_uploads_of ON $schema.share_uploads (share);
    CREATE TABLE $schema.deletions (
      kind text COLLATE "C" NOT NULL, within text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, slug text COLLATE "C",
      passages bigint, who text NOT NULL, project text COLLATE "C", time double precision NOT NULL, PRIMARY KEY (kind, within, id)
    );
    CREATE TABLE $schema.budgets (id text COLLATE "C" PRIMARY KEY, body text NOT NULL, updated_at double precision NOT NULL);

    -- The channels of a workflow go with it.
    CREATE FUNCTION $schema.channels_go() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.channels WHERE workflow_id = OLD.id;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER channels_go AFTER DELETE ON $schema.workflows FOR EACH ROW EXECUTE FUNCTION $schema.channels_go();
    CREATE FUNCTION $schema.channel_goes() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.arrivals WHERE channel = OLD.id;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER channel_goes AFTER DELETE ON $schema.channels FOR EACH ROW EXECUTE FUNCTION $schema.channel_goes();
  `,
};
