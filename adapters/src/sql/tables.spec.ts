import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { tablesSuite } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';

describe.each(bothDatabases)('tables in %s', (_name, open) => {
  let database: TestedDatabase;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());

  for (const promise of tablesSuite) it(promise.name, async () => promise.run(await database.reset()));
});
