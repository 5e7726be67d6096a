import type { Clock, TrainingConsents } from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** Consent to training in heddle.db. @example createTrainingConsents(database, clock).since('workflow:w') */
export function createTrainingConsents(database: HeddleDatabase, clock: Pick<Clock, 'now'>): TrainingConsents {
  const { connection, file } = database;
  const find = connection.prepare<[string], number>('SELECT since FROM training_consents WHERE subject = ?').pluck();
  const give = connection.prepare<[string, number]>(
    'INSERT OR IGNORE INTO training_consents (subject, since) VALUES (?, ?)',
  );
  const withdraw = connection.prepare<[string]>('DELETE FROM training_consents WHERE subject = ?');
  return {
    since: (subject) => withStorageErrors(file, () => find.get(subject)),
    give: (subject) => commitPowerSafe(database, () => void give.run(subject, clock.now())),
    withdraw: (subject) => commitPowerSafe(database, () => void withdraw.run(subject)),
  };
}
