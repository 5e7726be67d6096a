import { HeddleError } from '@heddle/core';
import { readFileSync } from 'node:fs';
import { postgresAddress } from './setting-parsers.js';
import type { Settings } from './settings-table.js';

/**
 * The address of Postgres, from its setting or its file; undefined where Heddle keeps its database in the data folder. Errors: `setting_invalid`,
 * which never repeats the address.
 */
export function databaseUrlOf({
  databaseUrl,
  databaseUrlFile,
}: Pick<Settings, 'databaseUrl' | 'databaseUrlFile'>): string | undefined {
  if (databaseUrl !== undefined || databaseUrlFile === undefined) return databaseUrl;
  const problem = (reason: string, cause?: unknown): HeddleError =>
    new HeddleError('setting_invalid', `HEDDLE_DATABASE_URL_FILE: ${databaseUrlFile} ${reason}.`, {
      cause,
      details: { settings: ['HEDDLE_DATABASE_URL_FILE'] },
    });
  let text: string;
  try {
    text = readFileSync(databaseUrlFile, 'utf8').trim();
  } catch (cause) {
    throw problem('cannot be read: name a file with the address of Postgres', cause);
  }
  try {
    return postgresAddress.parse(text);
  } catch {
    throw problem('has no address of Postgres: write postgres://user:password@host:5432/database into it');
  }
}
