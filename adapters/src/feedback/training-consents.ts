import type { Clock, Tables, TrainingConsents } from '@heddle/core';

/**
 * Reads and writes consents to training with run data.
 *
 * @example await createTrainingConsents(sqliteTables(database), clock).since('workflow:w')
 */
export function createTrainingConsents(tables: Tables, clock: Pick<Clock, 'now'>): TrainingConsents {
  const find = tables.lookup<{ since: number }>('SELECT since FROM training_consents WHERE subject = @subject');
  return {
    since: async (subject) => (await find({ subject }))?.since,
    give: (subject) => [
      {
        sql: 'INSERT INTO training_consents (subject, since) VALUES (@subject, @now) ON CONFLICT DO NOTHING',
        values: { subject, now: clock.now() },
      },
    ],
    withdraw: (subject) => [{ sql: 'DELETE FROM training_consents WHERE subject = @subject', values: { subject } }],
  };
}
