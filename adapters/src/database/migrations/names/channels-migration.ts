import type { Migration } from '../migration.js';

/** Renames doors to channels. */
export const channelsMigration: Migration = {
  name: 'channels',
  sql: `
    DROP INDEX doors_of;
    DROP TRIGGER doors_go;
    DROP TRIGGER door_goes;
    ALTER TABLE doors RENAME TO channels;
    ALTER TABLE deliveries RENAME COLUMN door TO channel;
    ALTER TABLE arrivals RENAME COLUMN door TO channel;
    CREATE INDEX channels_of ON channels (workflow_id, kind);

    -- The channels of a workflow go with it.
    CREATE TRIGGER channels_go AFTER DELETE ON workflows BEGIN
      DELETE FROM deliveries WHERE channel IN (SELECT id FROM channels WHERE workflow_id = OLD.id);
      DELETE FROM channels WHERE workflow_id = OLD.id;
      DELETE FROM batch_rows WHERE batch IN (SELECT id FROM batches WHERE workflow_id = OLD.id);
      DELETE FROM batches WHERE workflow_id = OLD.id;
    END;
    CREATE TRIGGER channel_goes AFTER DELETE ON channels BEGIN
      DELETE FROM arrivals WHERE channel = OLD.id;
    END;
  `,
};
