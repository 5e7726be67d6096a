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
 * Makes a complete, empty database under another name, then links it to its own name, unless another process was
 * quicker. Without `migrations`, it gets what most of them leave at once: to run them takes four times as long.
 *
 * Errors: `storage_*`; `storage_corrupt` if files lie beside it that are made later than the database.
 */
export function createDatabase(file: string, migrations?: readonly Migration[]): void {
  const folder = dirname(file);
  makeFolder(folder, { isPrivate: true });
  if ([`${file}-wal`, `${file}-redo`].some((log) => existsSync(log) && statSync(log).size > 0))
    throw corrupt(file, 'it is missing, while its log is there');
  // Both are made later than the database, and the log goes with every orderly stop.
  const left = ['audit.head', 'collections.db'].find((name) => existsSync(join(folder, name)));
  if (left !== undefined) throw corrupt(file, `it is missing, while ${left} is there`);
  removeDrafts(`${file}.new-`);
  const draft = `${file}.new-${process.pid}`;
  const connection = new Database(draft);
  try {
    // A draft that is not complete is thrown away: it needs no journal, and the disk is waited for once, at the end.
    connection.pragma('journal_mode = OFF');
    connection.pragma('synchronous = OFF');
    connection.pragma('foreign_keys = ON');
    markAsOurs(connection);
    if (migrations === undefined) fill(connection);
    migrate(connection, draft, migrations);
    // The file keeps this mode.
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
