import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
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
    kind: 'share',
    workflowId: 'w',
    owner: 'local',
    body: { runsPerDay: 2 },
    createdAt: 1,
  } as const;

  it('keeps secrets sealed, and gives them back', () => {
    const store = open();
    store.insert(door, { secret: 'whsec_canary', tokenHash: 'h' });
    expect(open().secret('p_1')).toBe('whsec_canary');
    expect(store.findByToken('h')).toMatchObject({ id: 'p_1', body: { runsPerDay: 2 } });
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
    expect(store.list('share').map(({ id }) => id)).toEqual(['p_2']);
    expect(createBatchStore(database).counts('b').waiting).toBe(0);
  });

  it('counts the runs of a share by day, and refuses the one above', async () => {
    const store = open();
    store.insert(door);
    const clock = createFakeClock(86_400_000 * 10);
    const run = () => {
      const caller = { principal: 'share:p_1', key: 'share:p_1', door: 'share' };
      const about = {
        workflowId: 'w',
        workflowName: 'W',
        trigger: 'published',
        options: {},
        rootId: 'r',
        seeds: [],
      } as const;
      const accepted = { ...about, runId: 'r', inputs: {}, origin: undefined, time: clock.now(), caller } as const;
      store.projection.admit?.(accepted);
      store.projection.accept?.(accepted, 'hash');
    };
    run();
    run();
    expect(run).toThrow(expect.objectContaining({ code: 'too_many_requests' }));
    await clock.advance(86_400_000);
    expect(run).not.toThrow();
  });
});
