import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Connection } from '@heddle/core';
import { openDatabase, type HeddleDatabase } from '../../database/open-database.js';
import { createConnectionStore } from './connection-store.js';
import { createConnectionTests } from './connection-tests.js';

describe('the last tests of connections', () => {
  let folder: string;
  let database: HeddleDatabase;
  const open = (): void => {
    database = openDatabase(join(folder, 'heddle.db'));
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-tests-'));
    open();
    const connection = Connection.parse({ id: 'mine', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' });
    await createConnectionStore(database, { now: () => 1 }).save(connection);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const good = { isReachable: true, ms: 12, models: ['small'], at: 5 };

  it('are known after a restart, the newest of each', () => {
    const tests = createConnectionTests(database);
    tests.save('mine', { isReachable: false, ms: 3, models: [], code: 'provider_failed', message: 'No.', at: 4 });
    tests.save('mine', good);
    database.close();
    open();
    expect(createConnectionTests(database).all()).toEqual(new Map([['mine', good]]));
  });

  it('are forgotten when they are told to be, and go with their connection; of none there is nothing to keep', async () => {
    const tests = createConnectionTests(database);
    tests.save('mine', good);
    tests.forget('mine');
    tests.save('other', good);
    expect(tests.all().size).toBe(0);
    tests.save('mine', good);
    const store = createConnectionStore(database, { now: () => 1 });
    await store.save({ ...(await store.get('mine')), title: 'Mine' });
    expect(tests.all().size).toBe(1);
    await store.delete('mine');
    expect(tests.all().size).toBe(0);
  });
});
