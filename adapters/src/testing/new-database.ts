import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../database/open-database.js';

let empty: string | undefined;

/**
 * Puts an empty database of the newest schema into a folder and returns its path. It is a copy: the steps of the schema take fifty times as
 * long, and each test has a database of its own.
 */
export function newDatabase(folder: string, name = 'heddle.db'): string {
  empty ??= emptyDatabase();
  const file = join(folder, name);
  copyFileSync(empty, file);
  return file;
}

/** Made once for each worker of the tests. It goes with the folder of all tests. */
function emptyDatabase(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'heddle-empty-')), 'heddle.db');
  openDatabase(file).close();
  return file;
}
