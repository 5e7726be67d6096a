import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeAnchor } from '../audit/audit-anchor.js';
import { chainHead } from '../audit/audit-log.js';
import { readKeyFile } from '../connections/vault/key-file.js';
import { readFolderMark, refuseMovedFolder } from '../database/files/folder-mark.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { openPostgres } from '../postgres/open-postgres.js';
import { refuseMoved } from '../postgres/refuse-moved.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { newDatabase } from '../testing/new-database.js';
import { wallClock } from '../testing/wall-clock.js';
import { fillEveryTable } from './__fixtures__/every-row.js';
import { digestRows } from './digest-rows.js';
import { movedTables } from './moved-tables.js';
import { moveToFolder, type ToFolder } from './move-to-folder.js';
import { examineFolder, moveToPostgres, type ToPostgres } from './move-to-postgres.js';
import { sqliteRows, tablesOf } from './sqlite-rows.js';

const server = process.env['HEDDLE_TEST_POSTGRES'];
const where = server === undefined ? 'skipped: no Postgres is installed (apt-get install postgresql)' : 'installed';
const suite = server === undefined ? describe.skip : describe;

suite(`a move between a folder and Postgres (${where})`, () => {
  const temporary = temporaryFolder();
  let [postgres, database]: [TestDatabase | undefined, HeddleDatabase | undefined] = [undefined, undefined];
  let folders = 0;
  let folder = '';
  const newFolder = (): string => {
    const made = join(temporary.folder, `data-${(folders += 1)}`);
    mkdirSync(made);
    return made;
  };
  beforeEach(async () => {
    postgres = await openTestDatabase();
    folder = newFolder();
    database = openDatabase(newDatabase(folder));
  }, 120_000);
  afterEach(async () => {
    database?.close();
    await postgres?.close();
  });
  afterAll(() => temporary.remove());

  const there = (more: Partial<ToPostgres> = {}): ToPostgres => ({
    ...{ folder, database: database!, keyFile: join(folder, 'secret.key'), url: postgres!.url, clock: wallClock },
    ...{ leaseMs: 10_000, leavesModelContents: false, replacesText: false, startsOver: false, mayLose: true },
    ...more,
  });
  const back = (target: string, more: Partial<ToFolder> = {}): ToFolder => ({
    ...{
      folder: target,
      filesFolder: folder,
      keyFile: join(folder, 'secret.key'),
      url: postgres!.url,
      clock: wallClock,
    },
    ...{ leaseMs: 10_000, leavesFiles: true, startsOver: false, mayLose: true },
    ...more,
  });
  const fill = (rows: number): void => {
    fillEveryTable(database!, join(folder, 'secret.key'), rows);
    const key = readKeyFile(join(folder, 'secret.key'), () => false);
    writeAnchor(join(folder, 'audit.head'), { ...chainHead(database!.connection), time: 1 }, key);
  };

  /** Every row of a table as it stands in the file, but what a move makes anew. */
  const dump = ({ connection }: HeddleDatabase, table: string): readonly string[] =>
    connection
      .prepare<[], Record<string, unknown>>(`SELECT ${table === 'versions' ? 'rowid, *' : '*'} FROM ${table}`)
      .all()
      .map(({ checksum: _checksum, ...row }) => {
        if (table === 'records') delete row['number'];
        return JSON.stringify(row);
      })
      .toSorted();

  it('brings every row of every table there and back', async () => {
    fill(130);
    const before = new Map(movedTables.map((name) => [name, dump(database!, name)]));
    expect([...before].filter(([, rows]) => rows.length < 100).map(([name]) => name)).toEqual([]);
    const moved = await moveToPostgres(there());
    expect(moved).toMatchObject({ tables: movedTables.length, secrets: 130, wasDone: false, badRecord: undefined });
    const target = newFolder();
    await moveToFolder(back(target));
    const arrived = openDatabase(join(target, 'heddle.db'));
    try {
      for (const [name, rows] of before) {
        const after = dump(arrived, name);
        // The move itself is recorded at the end of the chain, on both sides.
        if (name === 'audit')
          expect(after.filter((row) => !row.includes('"step":"moved"'))).toEqual(rows.map((row) => row));
        else expect([name, after]).toEqual([name, rows]);
      }
    } finally {
      arrived.close();
    }
  }, 120_000);
});
