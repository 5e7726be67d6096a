import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../database/open-database.js';

let empty: string | undefined;

/**
 * Puts an empty database with the newest schema into a folder and returns its path. It copies a template, because running the migrations
 * for each test would take fifty times as long.
 */
export function newDatabase(folder: string, name = 'heddle.db'): string {
  empty ??= emptyDatabase();
  const file = join(folder, name);
  copyFileSync(empty, file);
  return file;
}

/** The template, created once for each test worker. It is deleted with the folder of all tests. */
function emptyDatabase(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'heddle-empty-')), 'heddle.db');
  openDatabase(file).close();
  return file;
}
