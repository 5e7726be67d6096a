import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPostgres, postgresTables, type PostgresDatabase } from '../postgres/index.js';
import { postgresMigrations } from '../postgres/migrations.js';
import { fileTables } from '../postgres/migrations/files/file-tables.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { wallClock } from '../testing/wall-clock.js';
import { noteBucket, readNotedBucket } from './noted-bucket.js';

describe('the bucket that is recorded in the database', () => {
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

  it('is known to all processes, and keeps out programs that know no bucket', async () => {
    const tables = postgresTables(database);
    const before = postgresMigrations.slice(0, postgresMigrations.indexOf(fileTables));
    const openAs = async (migrations: typeof postgresMigrations): Promise<void> => {
      const options = { url: server.url, clock: wallClock, connections: 1, mayMigrate: false };
      await (await openPostgres({ ...options, migrations })).close();
    };
    await openAs(before);
    await noteBucket(tables, { id: 'one', name: 'heddle at db' });
    await noteBucket(tables, { id: 'one', name: 'heddle elsewhere' });
    expect(await readNotedBucket(tables)).toEqual({ id: 'one', name: 'heddle elsewhere' });
    await expect(openAs(before)).rejects.toMatchObject({ code: 'database_newer' });
    await openAs(postgresMigrations);
    await expect(noteBucket(tables, { id: 'two', name: 'other' })).rejects.toMatchObject({ code: 'setting_invalid' });
  });
});
