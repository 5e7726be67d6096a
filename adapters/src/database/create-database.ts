import { closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { corrupt, markAsOurs } from './configure-database.js';
import { failpoint } from './failpoint.js';
import { makeFolder } from './files/make-folder.js';
import { putInPlace } from './files/put-in-place.js';
import { removeDrafts } from './files/remove-drafts.js';
import { migrate } from './migrations/migrate.js';
import type { Migration } from './migrations/migration.js';
import { newSchema } from './new-schema.generated.js';

/**
 * Creates a complete, empty database under another name, then links it to its own name, unless another process was quicker. Without
 * `migrations`, it starts from a schema that most migrations have been applied to: running all of them takes four times as long.
 *
 * Errors: `storage_*`; `storage_corrupt` if the folder has files that are only created after the database.
 */
export function createDatabase(file: string, migrations?: readonly Migration[]): void {
  const folder = dirname(file);
  makeFolder(folder, { isPrivate: true });
  if ([`${file}-wal`, `${file}-redo`].some((log) => existsSync(log) && statSync(log).size > 0))
    throw corrupt(file, 'it is missing, but its log is there');
  // Both are created after the database and, unlike the log, stay after an orderly stop.
  const left = ['audit.head', 'collections.db'].find((name) => existsSync(join(folder, name)));
  if (left !== undefined) throw corrupt(file, `it is missing, but ${left} is there`);
  removeDrafts(`${file}.new-`);
  const draft = `${file}.new-${process.pid}`;
  const connection = new Database(draft);
  try {
    // An incomplete draft is thrown away, so it needs no journal, and a single flush at the end is enough.
    connection.pragma('journal_mode = OFF');
    connection.pragma('synchronous = OFF');
    connection.pragma('foreign_keys = ON');
    markAsOurs(connection);
    if (migrations === undefined) fill(connection);
    migrate(connection, draft, migrations);
    // SQLite stores this mode in the file.
    connection.pragma('journal_mode = WAL');
  } finally {
    connection.close();
  }
  flush(draft);
  putInPlace(draft, file);
}

function flush(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function fill(connection: Database.Database): void {
  connection
    .transaction(() => {
      connection.exec(newSchema.sql);
      failpoint('migration-middle');
      connection.pragma(`user_version = ${newSchema.version}`);
    })
    .immediate();
}
