import type { Tables } from '@heddle/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import type { NewBatchedCall, StoredProviderBatch } from './batched-call.js';
import { ProviderBatchStore } from './provider-batch-store.js';

const group = { connection: 'far', model: 'big', endpoint: '/v1/responses' };
const bounds = { calls: 100, bytes: 1_000, without: [] };

function call(run: string, more: Partial<NewBatchedCall> = {}): NewBatchedCall {
  return {
    run,
    key: 'k',
    path: 'answer',
    failures: 1,
    workflow: 'w',
    owner: 'experiment:x',
    level: 'internal',
    ...group,
    fallsBack: false,
    inputTokens: 10,
    outputTokens: 20,
    most: 0.5,
    body: `{"of":"${run}"}`,
    ...more,
  };
}

describe.each(bothDatabases)('the store of batched calls in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: Tables;
  let store: ProviderBatchStore;
  /** The store of another process. */
  let other: ProviderBatchStore;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    const fresh = await database.reset();
    tables = fresh.one;
    store = new ProviderBatchStore(fresh.one);
    other = new ProviderBatchStore(fresh.other);
  });

  const end = (run: string): Promise<void> => tables.commit(store.projection.write?.(run, []) ?? []);
  const stateOf = async (run: string): Promise<string | undefined> => (await store.find(run, 'k'))?.state;
  const only = async (): Promise<StoredProviderBatch> => {
    const [batch] = await store.due(10);
    if (batch === undefined) throw new Error('There is no batch.');
    return batch;
  };
  const numberOf = async (run: string): Promise<number> => (await store.find(run, 'k'))?.number ?? 0;

  it('puts the oldest calls of a group into a batch, as many as fit, each once', async () => {
    for (const run of ['a', 'b', 'c']) await store.add(call(run), 1);
    await store.add(call('other', { model: 'small' }), 1);
    await store.add(call('stopped', { workflow: 'killed' }), 0);
    expect(await store.groups(['killed'])).toContainEqual({ ...group, calls: 3, oldest: 1 });
    const first = await store.open(group, { ...bounds, calls: 2, without: ['killed'] }, 5);
    expect((await store.lines(first ?? '')).map(({ body }) => body)).toEqual(['{"of":"a"}', '{"of":"b"}']);
    const second = await store.open(group, { calls: 9, bytes: 1, without: ['killed'] }, 5);
    expect(await store.lines(second ?? '')).toHaveLength(1);
    expect(await store.open(group, { ...bounds, without: ['killed'] }, 5)).toBeUndefined();
    expect(await Promise.all(['a', 'stopped', 'other'].map(stateOf))).toEqual(['submitted', 'waiting', 'waiting']);
    expect(await store.waitingOf('experiment:x')).toMatchObject({ gathered: 2, submitted: 3, runs: 5, most: 2.5 });
  });

  it('keeps one call for each key of a run', async () => {
    await store.add(call('a'), 1);
    await expect(store.add(call('a'), 1)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('retries a call in one more batch, then fails it or leaves it to an ordinary call', async () => {
    await store.add(call('strict'), 1);
    await store.add(call('lenient', { fallsBack: true }), 1);
    for (const state of ['waiting', 'failed']) {
      await store.open(group, bounds, 2);
      const batch = await only();
      expect(await store.end(batch, 'It expired.', true, 3)).toBe(false);
      expect(await store.end(batch, 'It expired.', true, 3)).toBe(true);
      expect(await stateOf('strict')).toBe(state);
    }
    expect([await stateOf('lenient'), (await store.find('strict', 'k'))?.problem]).toEqual(['ordinary', 'It expired.']);
    expect(await store.due(10)).toEqual([]);
  });

  it('does not retry a permanent failure', async () => {
    await store.add(call('a'), 1);
    await store.open(group, bounds, 2);
    await store.take(await only(), [{ number: await numberOf('a'), problem: 'Refused.', passes: false }], 3);
    expect(await stateOf('a')).toBe('failed');
  });

  it('stores answers once although they are read twice, and ignores an answer to a call of another batch', async () => {
    await store.add(call('a'), 1);
    const id = (await store.open(group, bounds, 2)) ?? '';
    expect(await store.begin(await only())).toBe(true);
    await tables.commit([store.write.submitted(id, 'batch_1', 2, 5)]);
    const batch = await only();
    expect([batch.begun, batch.providerId]).toEqual([1, 'batch_1']);
    await store.take(batch, [{ number: await numberOf('a'), answer: '{"first":1}' }], 3);
    await store.take(batch, [{ number: await numberOf('a'), answer: '{"second":1}' }], 3);
    await store.take({ ...batch, id: 'pb_other' }, [{ number: await numberOf('a'), answer: '{"third":1}' }], 3);
    expect(await store.answerOf(await numberOf('a'))).toBe('{"first":1}');
    expect(await store.find('a', 'k')).toMatchObject({ state: 'answered', providerId: 'batch_1' });
    expect(await store.lines(id)).toEqual([]);
  });

  it('removes the calls of a run with its end, and abandons those that a provider has', async () => {
    await store.add(call('gathered'), 1);
    await end('gathered');
    expect(await stateOf('gathered')).toBeUndefined();
    await store.add(call('sent'), 1);
    await store.add(call('stays'), 1);
    const id = (await store.open(group, bounds, 2)) ?? '';
    await end('sent');
    expect([await stateOf('sent'), await store.isWanted(id), (await store.lines(id)).length]).toEqual([
      'abandoned',
      true,
      1,
    ]);
    await end('stays');
    expect(await store.isWanted(id)).toBe(false);
    const [abandoned] = await store.take(await only(), [{ number: await numberOf('sent'), answer: '{}' }], 3);
    expect(abandoned?.run).toBe('sent');
    expect(await store.end(await only(), 'Over.', true, 3)).toBe(true);
    expect([await stateOf('sent'), await store.hasWork()]).toEqual([undefined, false]);
  });

  it('sends the call again for another attempt of the node', async () => {
    await store.add(call('a'), 1);
    await store.open(group, bounds, 2);
    await store.take(await only(), [{ number: await numberOf('a'), problem: 'Refused.', passes: false }], 3);
    await store.askAgain(await numberOf('a'), { failures: 2, body: '{"of":"again"}' }, 4);
    const id = (await store.open(group, bounds, 5)) ?? '';
    expect((await store.lines(id)).map(({ body }) => body)).toEqual(['{"of":"again"}']);
  });

  it('checks a batch again whose time a wrong clock set far into the future', async () => {
    await store.add(call('a'), 1);
    const id = (await store.open(group, bounds, 2)) ?? '';
    await store.later(id, 9e12, 'The provider is not there.');
    expect((await store.due(10)).map((batch) => batch.id)).toEqual([id]);
    await store.later(id, 60_000);
    expect(await store.due(10)).toEqual([]);
  });

  it('puts a call into one batch when two processes make batches', async () => {
    for (let number = 0; number < 6; number += 1) await store.add(call(`r${number}`), 1);
    const two = { ...bounds, calls: 4 };
    const opened = await Promise.all([store.open(group, two, 2), other.open(group, two, 2)]);
    const last = await store.open(group, bounds, 2);
    const ids = [...opened, last].filter((id) => id !== undefined);
    const sent = await Promise.all(ids.map((id) => store.lines(id)));
    expect(sent.flat().map(({ number }) => number)).toHaveLength(6);
    expect(new Set(sent.flat().map(({ number }) => number)).size).toBe(6);
    expect(await store.due(10)).toHaveLength(ids.length);
  });

  it('keeps no call of an ended run in a batch that is made at the same time', async () => {
    for (let round = 0; round < 20; round += 1) {
      const gone = `gone-${round}`;
      const stays = `stays-${round}`;
      for (const run of [gone, stays]) await store.add(call(run), 1);
      const opening = other.open(group, bounds, 2);
      // Each round ends the run at another moment.
      for (let reads = round % 5; reads > 0; reads -= 1) await stateOf(gone);
      await Promise.all([opening, end(gone)]);
      expect([undefined, 'abandoned']).toContain(await stateOf(gone));
      await other.open(group, bounds, 2);
      expect(await stateOf(stays)).toBe('submitted');
    }
  });

  it('lets one process at a time ask the provider, and submits a batch once', async () => {
    await store.add(call('a'), 1);
    const id = (await store.open(group, bounds, 2)) ?? '';
    const batch = await only();
    const begun = await Promise.all([store.begin(batch), other.begin(batch)]);
    expect(begun.filter(Boolean)).toHaveLength(1);
    // After a crash, the next process begins again.
    expect(await other.begin(await only())).toBe(true);
    await tables.commit([store.write.submitted(id, 'batch_1', 2, 5)]);
    const again = tables.commit([other.write.submitted(id, 'batch_2', 2, 5)]);
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
    expect([await other.begin(await only()), [...(await store.known('far'))]]).toEqual([false, ['batch_1']]);
  });

  it('gives the answer to its run, or abandons the call when the run ends at that moment', async () => {
    await store.add(call('a'), 1);
    await store.open(group, bounds, 2);
    const number = await numberOf('a');
    const [abandoned] = await Promise.all([other.take(await only(), [{ number, answer: '{}' }], 3), end('a')]);
    const left = await store.find('a', 'k');
    expect(left?.state).toBe(abandoned.length === 1 ? 'abandoned' : undefined);
  });
});
