import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { wallClock } from '../testing/wall-clock.js';
import { openPostgres, type PostgresDatabase } from './open-postgres.js';
import { referredBlobsOnServer } from './referred-blobs.js';

const idOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('blobs that a server database refers to', () => {
  let server: TestDatabase;
  let database: PostgresDatabase;
  beforeAll(async () => {
    server = await openTestDatabase();
    database = await openPostgres({ url: server.url, clock: wallClock, connections: 3 });
  }, 120_000);
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });
  beforeEach(async () => {
    await server.query('DROP TABLE IF EXISTS heddle.later; DROP TABLE IF EXISTS heddle."Odd name"');
    await server.query(`CREATE TABLE heddle.later (key text, body text, facts jsonb, names text[], bytes bytea);
      CREATE TABLE heddle."Odd name" ("A text" varchar(200))`);
  });

  it('are found in every table and every column of text, JSON and lists, including several in one text', async () => {
    const ids = ['text', 'json', 'list', 'second', 'odd', 'long'].map(idOf);
    const [text, json, list, second, odd, long] = ids;
    await server.query(`INSERT INTO heddle.later VALUES ('k', 'see ${text} and ${second}', '{"file":"${json}"}', '{a,${list}}', NULL),
      ('l', repeat('x', 1000000) || '${long}', NULL, NULL, NULL), ('m', 'sha256:short and ${'f'.repeat(64)}', NULL, NULL, convert_to('${idOf('bytes')}', 'UTF8'))`);
    await server.query(`INSERT INTO heddle."Odd name" VALUES ('${odd}')`);
    expect([...(await referredBlobsOnServer(database))].toSorted()).toEqual(ids.toSorted());
    expect([...(await referredBlobsOnServer(database, ['later']))]).toEqual([odd]);
  });

  it('are searched only until the signal aborts', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(referredBlobsOnServer(database, [], stop.signal)).rejects.toThrow('stopped');
    expect((await referredBlobsOnServer(database)).size).toBe(0);
  });

  it('are found once in a table of many blocks, even when rows move and are deleted meanwhile', async () => {
    await server.query(`INSERT INTO heddle.later (key, body)
      SELECT number, 'sha256:' || encode(sha256(convert_to(number::text, 'UTF8')), 'hex') || repeat(' ', 1000) FROM generate_series(1, 6000) AS number`);
    const reading = referredBlobsOnServer(database);
    for (let round = 0; round < 5; round += 1) {
      // Rows get another position, and each reference moves to the next row.
      await server.query("UPDATE heddle.later SET key = key || '!' WHERE length(key) % 2 = 0");
      await server.query('DELETE FROM heddle.later WHERE ctid IN (SELECT ctid FROM heddle.later LIMIT 300)');
    }
    expect(await reading).toEqual(new Set(Array.from({ length: 6000 }, (_, index) => idOf(String(index + 1)))));
  });
});
