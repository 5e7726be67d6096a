import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { BatchStore } from './batch-store.js';
import { ChannelStore } from './channel-store.js';

describe('the store of channels', () => {
  let folder: string;
  let database: HeddleDatabase;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-channels-'));
    database = openDatabase(join(folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = () => new ChannelStore(database, join(folder, 'secret.key'));
  const channel = {
    id: 'p_1',
    kind: 'schedule',
    workflowId: 'w',
    owner: 'local',
    body: { cron: '* * * * *' },
    createdAt: 1,
  } as const;

  it('keeps secrets sealed, and gives them back', () => {
    const store = open();
    store.insert(channel, { secret: 'whsec_canary' });
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
    store.insert(channel);
    store.insert({ ...channel, id: 'p_2', workflowId: 'v' });
    const batches = new BatchStore(database);
    batches.insert({ ...channel, id: 'b' });
    batches.addRows('b', [{ a: 1 }], 0);
    batches.setState('b', 'going');
    expect(batches.counts('b').waiting).toBe(1);
    database.connection.prepare("DELETE FROM workflows WHERE id = 'w'").run();
    expect(store.list('schedule').map(({ id }) => id)).toEqual(['p_2']);
    expect(batches.counts('b').waiting).toBe(0);
  });

  it('shows a batch once all of its rows are there, and removes what a process left unfinished', () => {
    const batches = new BatchStore(database);
    batches.insert({ ...channel, id: 'b' });
    batches.addRows('b', [{ a: 1 }, { a: 2 }], 0);
    expect([batches.list('w', 10), batches.going()]).toEqual([[], []]);
    expect(() => batches.get('b')).toThrow(expect.objectContaining({ code: 'batch_not_found' }));
    batches.insert({ ...channel, id: 'whole' });
    batches.addRows('whole', [{ a: 1 }], 0);
    batches.addRows('whole', [{ a: 2 }], 1);
    batches.setState('whole', 'going');
    expect(batches.unfinished()).toEqual(['b']);
    while (batches.remove('b') > 0);
    expect(batches.unfinished()).toEqual([]);
    expect([batches.counts('b').waiting, batches.counts('whole').waiting]).toEqual([0, 2]);
    expect(batches.waiting('whole', 10).map(({ number, inputs }) => [number, inputs])).toEqual([
      [1, { a: 1 }],
      [2, { a: 2 }],
    ]);
  });
});
