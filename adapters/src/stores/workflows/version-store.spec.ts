import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { testVersions, versionsSuite } from '../../testing/versions-suite.js';

describe.each(bothDatabases)('versions in %s', (_name, open) => {
  let database: TestedDatabase;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());

  for (const promise of versionsSuite) it(promise.name, async () => promise.run(testVersions(await database.reset())));
});
