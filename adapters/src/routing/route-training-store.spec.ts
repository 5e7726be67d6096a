import { RouteTrainingRequest } from '@heddle/core';
import { createFakeClock, type TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createRouteTrainingStore, type RouteTrainingStore } from './route-training-store.js';

const request = RouteTrainingRequest.parse({ cheap: 'v1', strong: 'v2', by: { kind: 'metric', metric: 'exact' } });
const training = (id: string, createdAt = 5) => ({ id, experiment: 'x', owner: 'user:a', request, createdAt });

describe.each(bothDatabases)('route trainings in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  let store: RouteTrainingStore;
  let theirs: RouteTrainingStore;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
    store = createRouteTrainingStore(tables.one, createFakeClock(9));
    theirs = createRouteTrainingStore(tables.other, createFakeClock(10));
    await tables.one.commit([
      {
        sql: "INSERT INTO experiments (id, owner, project, state, body, created_at) VALUES ('x', 'local', 'p', 'going', '{}', 0)",
        values: {},
      },
      ...store.write.insert(training('t')),
    ]);
  });

  it('belong to one experiment, newest first, with the judgements and their cost', async () => {
    await tables.one.commit(store.write.insert(training('newer', 6)));
    await theirs.setStatus('t', 'judging', 3);
    await Promise.all([
      store.addVerdict('t', { row: 2, loss: undefined, cost: 0.5 }),
      theirs.addVerdict('t', { row: 1, loss: 0.25, cost: 0.25 }),
    ]);
    await theirs.addVerdict('t', { row: 2, loss: 1, cost: 0.5 });
    expect(await theirs.get('x', 't')).toMatchObject({ status: 'judging', rows: 3, judged: 2, cost: 0.75, request });
    expect(await store.verdicts('t')).toEqual([
      { row: 1, loss: 0.25, cost: 0.25 },
      { row: 2, loss: 1, cost: 0.5 },
    ]);
    expect((await theirs.of('x')).map(({ id }) => id)).toEqual(['newer', 't']);
    await expect(theirs.get('other', 't')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('end once: the first end counts', async () => {
    const error = { code: 'experiment_cancelled', message: 'Cancelled.' };
    await Promise.all([
      store.end('t', { status: 'cancelled', error }),
      theirs.end('t', { status: 'failed', error: { code: 'busy', message: 'No.' } }),
    ]);
    const { status, endedAt } = await store.get('x', 't');
    expect([
      ['cancelled', 9],
      ['failed', 10],
    ]).toContainEqual([status, endedAt]);
    await theirs.setStatus('t', 'learning', 9);
    await theirs.end('t', { status: 'cancelled', error });
    expect(await store.get('x', 't')).toMatchObject({ status, endedAt, rows: 0 });
    expect(await store.open()).toEqual([]);
  });

  it('are deleted with their judgements, and with their experiment', async () => {
    await store.addVerdict('t', { row: 1, loss: 0, cost: 0 });
    await tables.other.commit(theirs.write.remove('t'));
    expect([await store.of('x'), await store.verdicts('t')]).toEqual([[], []]);
    await expect(store.addVerdict('t', { row: 1, loss: 0, cost: 0 })).rejects.toMatchObject({ code: 'conflict' });
    await tables.one.commit(store.write.insert(training('again')));
    expect((await theirs.open()).map(({ id }) => id)).toEqual(['again']);
    await tables.one.commit([{ sql: "DELETE FROM experiments WHERE id = 'x'", values: {} }]);
    expect(await theirs.open()).toEqual([]);
  });
});
