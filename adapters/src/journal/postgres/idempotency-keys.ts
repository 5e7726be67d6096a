import type { IdempotencyKeys, IdempotentRun } from '@heddle/core';
import { cleanText } from '../../postgres/clean-text.js';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import { keptHours } from './acceptances.js';

/**
 * The idempotency keys of requests. The journal stores a key in the commit that accepts its run, so that two requests with one key can
 * never become two runs; a key counts for a day by the clock of the database.
 *
 * @example await createPostgresKeys(database).find('key:1', 'order-17')
 */
export const createPostgresKeys = (database: PostgresDatabase): IdempotencyKeys => ({
  async find(scope, key) {
    const [known] = await database.run<IdempotentRun>({
      name: 'heddle-find-key',
      sql: `SELECT run_id AS "runId", request_hash AS "requestHash" FROM ${database.schema}.idempotency_keys
        WHERE scope = $1 AND key = $2 AND used_at > clock_timestamp() - interval '${keptHours} hours'`,
      values: [cleanText(scope), cleanText(key)],
    });
    return known;
  },
});
