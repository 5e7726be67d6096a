import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type InnerPostgres } from '../testing/inner-postgres.js';
import { openTestDatabase } from '../testing/test-database.js';
import { wallClock } from '../testing/wall-clock.js';
import { toDatabaseError } from './database-error.js';
import type { PostgresMigration } from './migration.js';
import { postgresMigrations } from './migrations.js';
import { clusterViewTables } from './migrations/cluster-view-tables.js';
import { openPostgres } from './open-postgres.js';

const first: PostgresMigration = { name: 'first', sql: 'CREATE TABLE $schema.a (x int)' };
const added: PostgresMigration = {
  name: 'added',
  sql: 'ALTER TABLE $schema.a ADD COLUMN y int',
  minReader: 1,
  minWriter: 1,
};
const changed: PostgresMigration = { name: 'changed', sql: 'ALTER TABLE $schema.a DROP COLUMN x' };
const broken: PostgresMigration = {
  name: 'broken',
  sql: 'CREATE TABLE $schema.b (x int); SELECT nothing_of_this_name',
};

describe('migrations of Postgres', () => {
  let postgres: InnerPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 120_000);
  afterAll(() => postgres?.close());

  const open = async (schema: string, migrations: readonly PostgresMigration[], mayMigrate = true): Promise<void> => {
    const options = { url: postgres.url, clock: wallClock, connections: 1 };
    await (await openPostgres({ ...options, schema, migrations, mayMigrate })).close();
  };
  const versionOf = (schema: string): Promise<readonly unknown[]> =>
    postgres.query(`SELECT current, min_reader, min_writer FROM ${schema}.schema_version`);

  it('runs each step once, even when several programs start at once', async () => {
    await Promise.all([open('m1', [first]), open('m1', [first]), open('m1', [first])]);
    await open('m1', [first, added]);
    expect(await versionOf('m1')).toEqual([{ current: 2, min_reader: 1, min_writer: 1 }]);
  });

  it('allows an older program after a step that only adds, and refuses it after a step that changes', async () => {
    await open('m2', [first, added]);
    await open('m2', [first]);
    await open('m2', [first, added, changed]);
    await expect(open('m2', [first, added])).rejects.toMatchObject({
      code: 'database_newer',
      message: expect.stringContaining('version 3'),
    });
    expect(await versionOf('m2')).toEqual([{ current: 3, min_reader: 3, min_writer: 3 }]);
  });

  it('allows programs from before the roles of processes after all later steps', async () => {
    const before = postgresMigrations.slice(0, postgresMigrations.indexOf(clusterViewTables));
    await open('m5', before);
    await open('m5', postgresMigrations);
    await open('m5', before, false);
  });

  it('waits for a step, and for another program, longer than a statement may take', async () => {
    const server = await openTestDatabase();
    const slow = { ...first, sql: `SELECT pg_sleep(4); ${first.sql}` };
    const hasty = { url: server.url, clock: wallClock, connections: 1, timeoutMs: 2_000, schema: 'm5' };
    // The Postgres of this process answers one program at a time.
    const programs = process.env['HEDDLE_TEST_POSTGRES'] ? [1, 2, 3] : [1];
    const opened = await Promise.all(programs.map(() => openPostgres({ ...hasty, migrations: [slow] })));
    for (const database of opened) await database.close();
    expect(await server.query('SELECT current FROM m5.schema_version')).toEqual([{ current: 1 }]);
    await server.close();
  });

  it('leaves nothing of a failed step', async () => {
    await open('m3', [first]);
    await expect(open('m3', [first, broken])).rejects.toMatchObject({ code: 'storage_failed', retryable: false });
    expect(await versionOf('m3')).toMatchObject([{ current: 1 }]);
    expect(await postgres.query("SELECT 1 FROM pg_tables WHERE schemaname = 'm3' AND tablename = 'b'")).toEqual([]);
    await open('m3', [first, added]);
  });

  it('refuses a database that needs a migration without the right to migrate', async () => {
    await expect(open('m4', [first], false)).rejects.toMatchObject({ code: 'database_outdated' });
    await open('m4', [first]);
    await open('m4', [first], false);
    await expect(open('m4', [first, added], false)).rejects.toMatchObject({ code: 'database_outdated' });
  });
});

describe('errors of Postgres', () => {
  it.each([
    ['28P01', 'password authentication failed', 'database_refused', false],
    ['3D000', 'database "x" does not exist', 'database_refused', false],
    ['42501', 'permission denied for schema', 'database_refused', false],
    ['57P01', 'terminating connection due to administrator command', 'database_unreachable', true],
    ['57P03', 'the database system is starting up', 'database_unreachable', true],
    ['53300', 'too many connections', 'database_unreachable', true],
    ['EPIPE', 'write EPIPE', 'database_unreachable', true],
    ['57014', 'canceling statement due to statement timeout', 'storage_failed', true],
    ['53100', 'could not extend file', 'storage_full', true],
    ['25006', 'cannot execute INSERT in a read-only transaction', 'storage_read_only', false],
    ['XX001', 'invalid page in block 3', 'storage_corrupt', false],
    ['54000', 'out of memory for a value', 'value_too_complex', false],
    ['23505', 'duplicate key value', 'storage_failed', false],
    ['40P01', 'deadlock detected', 'storage_failed', true],
  ])('turns %s (%s) into %s', (code, message, expected, retryable) => {
    const error = toDatabaseError(Object.assign(new Error(message), { code }), 'db');
    expect(error).toMatchObject({ code: expected, retryable, message: expect.stringContaining('db') });
  });
});
