import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../journal/open-database.js';
import { createBatchStore } from './batch-store.js';
import { createDoorStore } from './door-store.js';

describe('the store of doors', () => {
  let folder: string;
  let database: HeddleDatabase;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-doors-'));
    database = openDatabase(join(folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = () => createDoorStore(database, join(folder, 'secret.key'));
  const door = {
    id: 'p_1',
    kind: 'schedule',
    workflowId: 'w',
    owner: 'local',
    body: { cron: '* * * * *' },
    createdAt: 1,
  } as const;

  it('keeps secrets sealed, and gives them back', () => {
    const store = open();
    store.insert(door, { secret: 'whsec_canary' });
    expect(open().secret('p_1')).toBe('whsec_canary');
    expect(store.find('p_1')).toMatchObject({ id: 'p_1', body: { cron: '* * * * *' } });
    database.connection.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(join(folder, 'heddle.db')).includes('whsec_canary')).toBe(false);
  });

  it('goes with its workflow', () => {
    const store = open();
    database.connection
      .prepare("INSERT INTO workflows VALUES ('w', 'w', 1, 0, 0, '{}'), ('v', 'v', 1, 0, 0, '{}')")
      .run();
    store.insert(door);
    store.insert({ ...door, id: 'p_2', workflowId: 'v' });
    createBatchStore(database).insert({ ...door, id: 'b' }, [{ a: 1 }]);
    database.connection.prepare("DELETE FROM workflows WHERE id = 'w'").run();
    expect(store.list('schedule').map(({ id }) => id)).toEqual(['p_2']);
    expect(createBatchStore(database).counts('b').waiting).toBe(0);
  });
});
