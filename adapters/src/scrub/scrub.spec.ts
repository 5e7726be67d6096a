import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDamages, type Damages } from '../database/damage/damages.js';
import type { Finding } from '../database/damage/examine-file.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createScrub } from './scrub.js';

let folder: string;
let database: HeddleDatabase;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-scrub-'));
  database = openDatabase(join(folder, 'heddle.db'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The database, with an error of SQLite for an unreadable page in every statement that reads records. */
function unreadable(): HeddleDatabase {
  const { connection } = database;
  const prepare = (source: string) =>
    source.includes('FROM records WHERE number >')
      ? {
          iterate: () => {
            throw Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' });
          },
        }
      : connection.prepare(source);
  return { ...database, connection: { prepare } as unknown as HeddleDatabase['connection'] };
}

it.each<readonly [Finding, number]>([
  ['damaged', 1],
  ['whole', 0],
  ['unreadable', 0],
])('reports a table that cannot be read as damaged only when the file is: %s', async (finding, received) => {
  const damages: Damages = createDamages(database, { now: () => 0 });
  const scrub = createScrub(unreadable(), {
    damages,
    blobsFolder: join(folder, 'blobs'),
    markFile: join(folder, 'scrub.last'),
    examine: () => Promise.resolve(finding),
  });
  await scrub.step();
  scrub.close();
  expect(damages.list()).toHaveLength(received);
});
