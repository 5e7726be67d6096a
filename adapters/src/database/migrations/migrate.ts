import type Database from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { failpoint } from '../failpoint.js';
import type { Migration } from './migration.js';
import { migrations } from './migrations.js';

/**
 * Brings a database to the newest schema. Each step and its number are one transaction, so a crash leaves the version before the step.
 * Returns the version that the file had; undefined if no step was missing. Errors: `storage_newer`.
 */
export function migrate(
  connection: Database.Database,
  file: string,
  steps: readonly Migration[] = migrations,
): number | undefined {
  const version = schemaVersion(connection);
  if (version > steps.length) {
    throw new HeddleError(
      'storage_newer',
      `${file} was written by a newer Heddle (schema ${version}, this one knows ${steps.length}): update Heddle, or restore a backup made before.`,
      {
        details: { place: file, found: version, known: steps.length },
      },
    );
  }
  steps.slice(version).forEach((step, index) => {
    connection
      .transaction(() => {
        // Another process may have made this step while we waited for the lock.
        if (schemaVersion(connection) !== version + index) return;
        connection.exec(step.sql);
        failpoint('migration-middle');
        connection.pragma(`user_version = ${version + index + 1}`);
      })
      .immediate();
  });
  return version < steps.length ? version : undefined;
}

function schemaVersion(connection: Database.Database): number {
  return Number(connection.pragma('user_version', { simple: true }));
}
