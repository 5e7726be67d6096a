import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TablesSubject } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createReplayStore, type ReplayStore } from './replay-store.js';

const made = { workflow: 'w', who: 'user:a', body: '{"request":{}}', createdAt: 5 };

describe.each(bothDatabases)('replays in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  let store: ReplayStore;
  let theirs: ReplayStore;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
    store = createReplayStore(tables.one);
    theirs = createReplayStore(tables.other);
  });
  const add = async (recorded: readonly string[], more: Partial<typeof made> = {}, id?: string): Promise<string> => {
    const { replay, writes } = store.write.create({ ...made, ...more }, recorded, id);
    await tables.one.commit(writes);
    return replay.id;
  };

  it('have their rows from the start, in order', async () => {
    const { replay, writes } = store.write.create(made, ['r1', 'r2', 'r3']);
    await expect(theirs.get(replay.id)).rejects.toMatchObject({ code: 'replay_not_found' });
    await tables.one.commit(writes);
    expect(await theirs.get(replay.id)).toEqual(replay);
    expect(await theirs.rows(replay.id, { limit: 2 })).toEqual([
      { number: 1, recorded: 'r1', status: 'waiting', isRegression: false },
      { number: 2, recorded: 'r2', status: 'waiting', isRegression: false },
    ]);
    expect((await theirs.rows(replay.id, { limit: 9, after: 2 })).map(({ number }) => number)).toEqual([3]);
    await expect(store.row(replay.id, 4)).rejects.toThrow('has no row 4');
  });

  it('are listed by workflow, newest first, and found while they run', async () => {
    const one = await add([]);
    const two = await add([], { createdAt: 7 });
    const three = await add([], { workflow: 'v', createdAt: 6 });
    expect(await theirs.ids(undefined)).toEqual([two, three, one]);
    expect(await theirs.ids('w')).toEqual([two, one]);
    await tables.one.commit([store.write.end(three, 'done', '{}', 9)]);
    expect((await theirs.running()).map(({ id }) => id)).toEqual([one, two]);
    expect(await theirs.get(three)).toMatchObject({ state: 'done', result: '{}', endedAt: 9 });
    await theirs.setResult(three, '{"more":1}');
    expect((await store.get(three)).result).toBe('{"more":1}');
  });

  it('count the outcomes of their rows, and sum the cost', async () => {
    const id = await add(['r1', 'r2', 'r3', 'r4']);
    await store.begin(id, 1, 'run 1');
    await theirs.begin(id, 2, 'run 2');
    await theirs.endRow(id, 1, { status: 'changed', isRegression: true, spent: 0.25, why: 'zero \u0000' });
    await store.endRow(id, 2, { status: 'same', isRegression: false, spent: 0.5 });
    await store.begin(id, 3, 'run 3');
    expect(await theirs.counts(id)).toMatchObject({
      total: 4,
      waiting: 1,
      running: 1,
      same: 1,
      changed: 1,
      regressions: 1,
    });
    expect(await theirs.spent(id)).toBeCloseTo(0.75);
    expect(await theirs.row(id, 2)).toEqual({
      number: 2,
      recorded: 'r2',
      run: 'run 2',
      status: 'same',
      isRegression: false,
      spent: 0.5,
    });
    const open = await theirs.rows(id, { status: ['waiting', 'running'], limit: 9 });
    expect(open.map(({ number }) => number)).toEqual([3, 4]);
    await tables.other.commit([theirs.write.leaveOut(id, 'No more.')]);
    expect(await store.row(id, 4)).toMatchObject({ status: 'left-out', why: 'No more.' });
    expect((await store.row(id, 3)).status).toBe('running');
    expect(await store.spent(await add([]))).toBe(0);
  });

  it('end once, and are deleted with their rows', async () => {
    const id = await add(['r1'], {}, 'given');
    expect(id).toBe('given');
    const ends = await Promise.allSettled([
      tables.one.commit([store.write.end(id, 'done', '{}', 9)]),
      tables.other.commit([theirs.write.end(id, 'cancelled', undefined, 9), theirs.write.leaveOut(id, 'Cancelled.')]),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const isDone = ends[0].status === 'fulfilled';
    expect((await store.get(id)).state).toBe(isDone ? 'done' : 'cancelled');
    expect((await theirs.row(id, 1)).status).toBe(isDone ? 'waiting' : 'left-out');
    await tables.other.commit([theirs.write.remove(id)]);
    await expect(store.get(id)).rejects.toMatchObject({ code: 'replay_not_found' });
    expect(await store.counts(id)).toMatchObject({ total: 0, regressions: 0 });
  });
});
