import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { createMarkFile } from './mark-file.js';

/**
 * Refuses a vector file that was emptied, or that is missing although it existed once. Errors: `storage_corrupt`.
 *
 * @example refuseLost(file, { wasThere: true })
 */
export function refuseLost(file: string, { wasThere }: { readonly wasThere: boolean }): void {
  if (existsSync(file)) {
    if (statSync(file).size === 0) throw lost(file, 'is empty');
    return;
  }
  if (existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0)
    throw lost(file, 'is missing, but its log is there');
  if (wasThere) throw lost(file, 'is missing, although it was there before');
}

/** The path of the file with the number of changes of a vector file that reached the disk. */
export const lastChangeFile = (file: string): string => file.replace(/(?:\.db)?$/, '.last');

/** How many changes a vector file has; 0 for a file of an older version. */
export function changesOf(database: Database.Database): number {
  const hasTable = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'changes'").get() !== undefined;
  return hasTable ? Number(database.prepare('SELECT number FROM changes').pluck().get() ?? 0) : 0;
}

/** Refuses a vector file that lacks changes which had reached the disk. Errors: `storage_corrupt`. */
export function refuseCut(database: Database.Database, file: string): void {
  const expected = Number(createMarkFile(lastChangeFile(file)).read() ?? 0);
  const found = changesOf(database);
  if (found >= expected) return;
  throw lost(
    file,
    `lacks its newest ${expected - found} changes, because its log (${file}-wal) was removed, cut or damaged, or an older copy replaced it`,
    `, or accept the loss: stop Heddle, and run 'heddle audit accept --reason "…"'`,
  );
}

/**
 * Does the same for a file that is not open in this process. A file that cannot be read is left to the code that opens it.
 *
 * Errors: `storage_corrupt`.
 */
export function refuseCutFile(file: string): void {
  if (!existsSync(file)) return;
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true });
    refuseCut(database, file);
  } catch (error) {
    if (error instanceof HeddleError) throw error;
  } finally {
    database?.close();
  }
}

function lost(file: string, text: string, wayOut = ''): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `The file '${file}' ${text}: restore a backup (heddle restore), or stop Heddle, reset with 'heddle collections reset', and import the documents again${wayOut}.`,
    { details: { place: file } },
  );
}
