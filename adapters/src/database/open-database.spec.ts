import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { growing } from './__fixtures__/growing-schema.js';
import { runChild } from '../testing/run-child.js';
import { asPlainUser, temporaryFolder } from '../testing/temporary-folder.js';
import { migrations } from './migrations/migrations.js';
import { openDatabase } from './open-database.js';
import { codeOf } from './storage-error.js';
import { sqliteTables } from './sqlite-tables.js';
import { createWorkflowStore } from '../stores/workflows/workflow-store.js';

const openChild = new URL('./__fixtures__/open-child.js', import.meta.url);

describe('openDatabase', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let file: string;
  beforeEach(() => {
    temporary = temporaryFolder();
    file = join(temporary.folder, 'data', 'heddle.db');
  });
  afterEach(() => temporary.remove());

  const failure = (work: () => unknown): string => {
    try {
      work();
      return 'none';
    } catch (error) {
      return codeOf(error) ?? 'without a code';
    }
  };
  const fill = async (): Promise<void> => {
    const database = openDatabase(file);
    const workflows = createWorkflowStore(sqliteTables(database), { now: () => 1 });
    for (let number = 0; number < 50; number += 1)
      await workflows.create({ heddle: 2, name: `Workflow ${number} ${'x'.repeat(150)}`, nodes: {}, edges: [] });
    database.close();
  };

  it('creates a complete database in WAL mode, and leaves no draft', () => {
    const database = openDatabase(file);
    expect(database.connection.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.connection.pragma('synchronous', { simple: true })).toBe(1);
    expect(database.connection.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(database.connection.pragma('user_version', { simple: true })).toBe(migrations.length);
    database.close();
    expect(readdirSync(join(temporary.folder, 'data'))).toEqual(['heddle.db']);
  });

  it('refuses a database of a newer Heddle, and leaves it unchanged', async () => {
    await fill();
    const newer = new Database(file);
    newer.pragma(`user_version = ${migrations.length + 1}`);
    newer.close();
    expect(failure(() => openDatabase(file))).toBe('storage_newer');
    const after = new Database(file);
    expect(after.prepare('SELECT count(*) FROM workflows').pluck().get()).toBe(50);
    after.close();
  });

  it.each([
    ['empty', () => truncateSync(file, 0)],
    ['cut short', () => truncateSync(file, 8192)],
    ['a text file', () => writeFileSync(file, 'not a database '.repeat(400))],
    ['overwritten in the middle', () => writeFileSync(file, damaged(readFileSync(file)))],
  ])('refuses a database that is %s, and makes no new one', async (_name, damage) => {
    await fill();
    damage();
    const before = readFileSync(file);
    expect(failure(() => openDatabase(file))).toBe('storage_corrupt');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses a database of another program', async () => {
    await fill();
    const other = new Database(join(temporary.folder, 'other.db'));
    other.exec('CREATE TABLE things (id INTEGER)');
    other.close();
    expect(failure(() => openDatabase(join(temporary.folder, 'other.db')))).toBe('storage_corrupt');
  });

  it('says that a folder cannot be written', async () => {
    await fill();
    chmodSync(join(temporary.folder, 'data'), 0o555);
    chmodSync(temporary.folder, 0o755);
    chmodSync(file, 0o444);
    expect(asPlainUser(() => failure(() => openDatabase(file)))).toBe('storage_read_only');
    expect(asPlainUser(() => failure(() => openDatabase(join(temporary.folder, 'data', 'new.db'))))).toBe(
      'storage_read_only',
    );
    chmodSync(join(temporary.folder, 'data'), 0o755);
  });

  it('reports that the disk is full, and continues when it has space again', async () => {
    const database = openDatabase(file);
    const workflows = createWorkflowStore(sqliteTables(database), { now: () => 1 });
    const large = { heddle: 2 as const, name: 'Large', description: 'x'.repeat(9_000), nodes: {}, edges: [] };
    const pages = Number(database.connection.pragma('page_count', { simple: true }));
    database.connection.pragma(`max_page_count = ${pages}`);
    await expect(workflows.create(large)).rejects.toMatchObject({ code: 'storage_full', retryable: true });
    database.connection.pragma('max_page_count = 100000');
    expect((await workflows.create(large)).slug).toBe('large');
    expect(await workflows.list()).toHaveLength(1);
    database.close();
  });

  it('keeps the old version when a migration is killed, and finishes it at the next start', async () => {
    await fill();
    const end = await runChild(openChild, [file, String(growing.length)], {
      environment: { HEDDLE_FAILPOINT: 'migration-middle:kill' },
    });
    expect(end.signal).toBe('SIGKILL');
    const between = new Database(file);
    expect(between.pragma('user_version', { simple: true })).toBe(migrations.length);
    between.close();
    const database = openDatabase(file, { migrations: growing });
    expect(database.connection.prepare("SELECT count(*) FROM workflows WHERE owner = 'nobody'").pluck().get()).toBe(50);
    expect(database.connection.pragma('user_version', { simple: true })).toBe(growing.length);
    database.close();
  });

  it('starts again after a kill during the creation of the database', async () => {
    const end = await runChild(openChild, [file], { environment: { HEDDLE_FAILPOINT: 'migration-middle:kill' } });
    expect(end.signal).toBe('SIGKILL');
    expect(existsSync(file)).toBe(false);
    openDatabase(file).close();
    expect(readdirSync(join(temporary.folder, 'data'))).toEqual(['heddle.db']);
  });

  it('is not created again when it is missing but its other files exist', () => {
    for (const name of ['audit.head', 'collections.db', 'heddle.db-redo']) {
      openDatabase(file).close();
      const other = join(dirname(file), name);
      writeFileSync(other, 'something');
      rmSync(file);
      expect(failure(() => openDatabase(file))).toBe('storage_corrupt');
      expect(existsSync(file)).toBe(false);
      rmSync(other);
    }
  });

  it('copies itself while it is in use', async () => {
    await fill();
    const database = openDatabase(file);
    await database.backup(join(temporary.folder, 'copy.db'));
    database.close();
    const copy = openDatabase(join(temporary.folder, 'copy.db'));
    expect(await createWorkflowStore(sqliteTables(copy), { now: () => 1 }).list()).toHaveLength(50);
    copy.close();
  });
});

function damaged(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  for (let page = 2; page * 4096 < copy.length; page += 1) copy.fill(0xa5, page * 4096, page * 4096 + 64);
  return copy;
}
