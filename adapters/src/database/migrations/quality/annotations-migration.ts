import type { Migration } from '../migration.js';

/**
 * Queues of runs that people annotate. Texts are deleted with the values of their run, an item with its run and with the conversation that
 * the run wrote.
 */
export const annotationsMigration: Migration = {
  name: 'annotation queues',
  sql: `
    CREATE TABLE annotation_queues (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, body TEXT NOT NULL, created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE annotation_items (
      number INTEGER PRIMARY KEY, queue TEXT NOT NULL REFERENCES annotation_queues (id) ON DELETE CASCADE, run TEXT NOT NULL,
      other TEXT NOT NULL DEFAULT '', needed INTEGER NOT NULL, label TEXT NOT NULL, project TEXT NOT NULL, workflow TEXT, subject TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX annotation_items_of ON annotation_items (queue, run, other);
    CREATE INDEX annotation_items_by_run ON annotation_items (run);
    CREATE INDEX annotation_items_by_other ON annotation_items (other) WHERE other <> '';
    CREATE INDEX annotation_items_by_subject ON annotation_items (subject);
    CREATE TABLE annotation_batches (
      item INTEGER NOT NULL REFERENCES annotation_items (number) ON DELETE CASCADE, batch TEXT NOT NULL, PRIMARY KEY (item, batch)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX annotation_batches_by_batch ON annotation_batches (batch);
    CREATE TABLE annotation_claims (
      item INTEGER NOT NULL REFERENCES annotation_items (number) ON DELETE CASCADE, who TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (item, who)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX annotation_claims_by_who ON annotation_claims (who);
    CREATE TABLE annotations (
      item INTEGER NOT NULL REFERENCES annotation_items (number) ON DELETE CASCADE, who TEXT NOT NULL, body TEXT NOT NULL,
      is_skipped INTEGER NOT NULL, time REAL NOT NULL, PRIMARY KEY (item, who)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX annotations_by_who ON annotations (who);

    CREATE TRIGGER annotation_texts_go_with_values AFTER UPDATE OF values_removed_at ON runs BEGIN
      UPDATE annotations SET body = json_remove(body, '$.text', '$.correction')
        WHERE item IN (SELECT number FROM annotation_items WHERE run = NEW.id OR other = NEW.id);
    END;
    CREATE TRIGGER annotation_items_go_with_run AFTER DELETE ON runs BEGIN
      DELETE FROM annotation_items WHERE run = OLD.id;
      DELETE FROM annotation_items WHERE other = OLD.id;
    END;
    CREATE TRIGGER annotation_items_go_with_conversation AFTER DELETE ON conversation_batches BEGIN
      DELETE FROM annotation_items WHERE number IN (SELECT item FROM annotation_batches WHERE batch = OLD.batch);
    END;
  `,
};
