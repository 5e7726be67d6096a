import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from '@jest/globals';
import { sharedJournalSuite } from '@heddle/core/testing';
import { openPostgres, type PostgresDatabase } from '../postgres/open-postgres.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createSharedDatabase, emptyTables, type SharedDatabase } from '../testing/shared-database.js';
import { wallClock } from '../testing/wall-clock.js';

describe('Postgres, shared by several processes', () => {
  let postgres: TestDatabase;
  let database: PostgresDatabase;
  let shared: SharedDatabase;
  beforeAll(async () => {
    postgres = await openTestDatabase();
    database = await openPostgres({ url: postgres.url, clock: wallClock, connections: 4 });
  }, 120_000);
  beforeEach(async () => {
    await postgres.query(emptyTables);
    shared = createSharedDatabase();
  });
  afterEach(() => shared.close());
  afterAll(async () => {
    await database?.close();
    await postgres?.close();
  });

  for (const promise of sharedJournalSuite)
    it(promise.name, () =>
      promise.run({
        open: () => shared.open(database),
        async silence(boot, milliseconds) {
          await postgres.query(
            `UPDATE heddle.workers SET seen_at = clock_timestamp() - ${milliseconds} * interval '1 ms' WHERE boot = '${boot}'`,
          );
        },
      }),
    );
});
