import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { lastChangeFile, refuseCut, refuseLost } from '../../database/files/lost-file.js';
import { putInPlace } from '../../database/files/put-in-place.js';
import { removeDrafts } from '../../database/files/remove-drafts.js';
import { storageErrorOf } from '../../database/storage-error.js';
import { refuseNewer } from './check-file.js';
import {
  addReaders,
  applicationId,
  fileSchema,
  languagesSchema,
  notesSchema,
  schemaVersion,
  titlesSchema,
  tokenizer,
} from './tables.js';
import type { StoreOptions } from './worker/protocol.js';

/**
 * Opens the vector file. Refuses files that are not ours, from a newer version, empty, or lost. A new file is made under another name and
 * linked when it is complete, so an empty file is a damaged one, not one whose creation was interrupted.
 */
export function openFile(options: StoreOptions): Database.Database {
  const { file } = options;
  try {
    if (file !== ':memory:') {
      mkdirSync(dirname(file), { recursive: true });
      refuseLost(file, { wasThere: options.wasThere === true });
      if (!existsSync(file)) create(options);
    }
    const database = new Database(file, { timeout: 5000 });
    try {
      if (file !== ':memory:') refuseCut(database, file);
      prepareFile(database, options);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } catch (error) {
    throw error instanceof HeddleError ? error : (storageErrorOf(error, file) ?? error);
  }
}

function create(options: StoreOptions): void {
  const { file } = options;
  removeDrafts(`${file}.new-`);
  rmSync(lastChangeFile(file), { force: true }); // the mark of a file that was moved away
  const draft = `${file}.new-${process.pid}`;
  const database = new Database(draft);
  try {
    prepareFile(database, options);
  } finally {
    database.close();
  }
  putInPlace(draft, file);
}

function prepareFile(database: Database.Database, options: StoreOptions): void {
  const owner = Number(database.pragma('application_id', { simple: true }));
  const isEmpty = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (!isEmpty && owner !== applicationId) {
    throw new HeddleError(
      'storage_corrupt',
      `The file '${options.file}' is a database, but not one of Heddle's vectors: move it away or name another file.`,
    );
  }
  refuseNewer(database, options.file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('cache_size = -32768');
  database.pragma('temp_store = MEMORY');
  if (options.maxBytes !== undefined) {
    const pageSize = Number(database.pragma('page_size', { simple: true }));
    database.pragma(`max_page_count = ${Math.max(1, Math.floor(options.maxBytes / pageSize))}`);
  }
  if (isEmpty) {
    database
      .transaction(() => {
        database.exec(fileSchema);
        database.pragma(`application_id = ${applicationId}`);
        database.pragma(`user_version = ${schemaVersion}`);
      })
      .immediate();
  }
  migrate(database);
  database.exec(languagesSchema);
  database.exec(notesSchema);
  addTitles(database);
  database.exec(`
    CREATE VIRTUAL TABLE temp.cut USING fts5(word, content='', tokenize='${tokenizer}');
    CREATE VIRTUAL TABLE temp.cut_places USING fts5vocab(temp, cut, 'instance');
    CREATE VIRTUAL TABLE temp.cut_counts USING fts5vocab(temp, cut, 'row');
  `);
}

/** Adds the tables of titles to the collections of an older file. Passages that are already stored keep their weight. */
function addTitles(database: Database.Database): void {
  const without = database
    .prepare<[], number>(
      `SELECT id FROM collections WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'titles_' || id || '_gone')`,
    )
    .pluck();
  const ids = without.all();
  if (ids.length > 0) database.transaction(() => database.exec(ids.map(titlesSchema).join('\n'))).immediate();
}

/** Migrates a file with an older layout in one step. Vectors and texts stay as they are. */
function migrate(database: Database.Database): void {
  const isOlder = (): boolean => Number(database.pragma('user_version', { simple: true })) < schemaVersion;
  if (!isOlder()) return;
  database
    .transaction(() => {
      // Another process may have migrated it in the meantime.
      if (!isOlder()) return;
      const ids = database.prepare<[], number>('SELECT id FROM collections').pluck().all();
      database.exec(addReaders(ids));
      database.pragma(`user_version = ${schemaVersion}`);
    })
    .immediate();
}
