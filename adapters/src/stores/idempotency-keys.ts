import { HeddleError, type Clock, type IdempotencyKeys, type IdempotentRun } from '@heddle/core';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** A name is remembered this long. */
const keptMs = 24 * 3_600_000;

/**
 * Names that callers gave to their requests. A name is written in the commit that accepts its run, so that two requests with
 * one name can never become two runs, whatever dies when: the second is refused with `idempotency_conflict`.
 *
 * @example createSqliteJournal(database, { blobs, clock, projections: [createIdempotencyKeys(database, clock)] })
 */
export function createIdempotencyKeys(
  database: HeddleDatabase,
  clock: Pick<Clock, 'now'>,
): IdempotencyKeys & JournalProjection {
  const { connection, file } = database;
  const select = connection.prepare<[string, string, number], IdempotentRun>(
    'SELECT run_id AS runId, request_hash AS requestHash FROM idempotency_keys WHERE scope = ? AND key = ? AND used_at > ?',
  );
  const insert = connection.prepare<[string, string, string, string, number]>(
    'INSERT OR REPLACE INTO idempotency_keys VALUES (?, ?, ?, ?, ?)',
  );
  const forget = connection.prepare<[number]>('DELETE FROM idempotency_keys WHERE used_at <= ?');
  const oldest = (): number => clock.now() - keptMs;

  return {
    types: [],
    async find(scope, key) {
      const known = withStorageErrors(file, () => select.get(scope, key, oldest()));
      if (known !== undefined) await database.flushed();
      return known;
    },
    admit({ idempotency }) {
      if (idempotency === undefined) return;
      const known = select.get(idempotency.scope, idempotency.key, oldest());
      if (known === undefined) return;
      throw new HeddleError('idempotency_conflict', `The idempotency key '${idempotency.key}' was used before.`, {
        details: { key: idempotency.key },
      });
    },
    accept({ idempotency, runId }) {
      if (idempotency === undefined) return;
      const { scope, key, requestHash } = idempotency;
      forget.run(oldest());
      insert.run(scope, key, requestHash, runId, clock.now());
    },
    write: () => undefined,
  };
}
