import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { ProviderBatchStore, type NewBatchedCall, type StoredProviderBatch } from './provider-batch-store.js';

const group = { connection: 'far', model: 'big', endpoint: '/v1/responses' };
const bounds = { calls: 100, bytes: 1_000, without: [] };

function call(run: string, more: Partial<NewBatchedCall> = {}): NewBatchedCall {
  return {
    ...{
      run,
      key: 'k',
      path: 'answer',
      failures: 1,
      workflow: 'w',
      owner: 'experiment:x',
      level: 'internal',
      ...group,
    },
    ...{ fallsBack: false, inputTokens: 10, outputTokens: 20, most: 0.5, body: `{"of":"${run}"}`, ...more },
  };
}

describe('the store of batched calls', () => {
  let folder: string;
  let database: HeddleDatabase;
  let store: ProviderBatchStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-batches-'));
    database = openDatabase(join(folder, 'heddle.db'));
    store = new ProviderBatchStore(database);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const end = (run: string): void => store.projection.write(run, []);
  const stateOf = (run: string): string | undefined => store.find(run, 'k')?.state;
  const only = (): StoredProviderBatch => {
    const [batch] = store.due(10);
    if (batch === undefined) throw new Error('There is no batch.');
    return batch;
  };
  const numberOf = (run: string): number => store.find(run, 'k')?.number ?? 0;

  it('puts the oldest calls of a group into a batch, as many as fit, each once', () => {
    for (const run of ['a', 'b', 'c']) store.add(call(run), 1);
    store.add(call('other', { model: 'small' }), 1);
    store.add(call('stopped', { workflow: 'killed' }), 0);
    expect(store.groups(['killed'])).toContainEqual({ ...group, calls: 3, oldest: 1 });
    const first = store.open(group, { ...bounds, calls: 2, without: ['killed'] }, 5);
    expect(store.lines(first ?? '').map(({ body }) => body)).toEqual(['{"of":"a"}', '{"of":"b"}']);
    const second = store.open(group, { calls: 9, bytes: 1, without: ['killed'] }, 5);
    expect(store.lines(second ?? '')).toHaveLength(1);
    expect(store.open(group, { ...bounds, without: ['killed'] }, 5)).toBeUndefined();
    expect(['a', 'stopped', 'other'].map(stateOf)).toEqual(['submitted', 'waiting', 'waiting']);
    expect(store.waitingOf('experiment:x')).toMatchObject({ gathered: 2, submitted: 3, runs: 5, most: 2.5 });
  });

  it('keeps one call for a key of a run', () => {
    store.add(call('a'), 1);
    expect(() => store.add(call('a'), 1)).toThrow();
  });

  it('tries a call in one further batch, then fails it, or leaves it to an ordinary call', () => {
    store.add(call('strict'), 1);
    store.add(call('lenient', { fallsBack: true }), 1);
    for (const state of ['waiting', 'failed']) {
      store.open(group, bounds, 2);
      const batch = only();
      expect(store.end(batch, 'It expired.', true, 3)).toBe(false);
      expect(store.end(batch, 'It expired.', true, 3)).toBe(true);
      expect(stateOf('strict')).toBe(state);
    }
    expect([stateOf('lenient'), store.find('strict', 'k')?.problem]).toEqual(['ordinary', 'It expired.']);
    expect(store.due(10)).toEqual([]);
  });

  it('does not try again what cannot pass', () => {
    store.add(call('a'), 1);
    store.open(group, bounds, 2);
    store.take(only(), [{ number: numberOf('a'), problem: 'Refused.', passes: false }], 3);
    expect(stateOf('a')).toBe('failed');
  });

  it('stores answers once, although they are read twice, and no answer to a call of another batch', () => {
    store.add(call('a'), 1);
    const id = store.open(group, bounds, 2) ?? '';
    store.begin(id);
    store.submitted(id, 'batch_1', 2, 5);
    const batch = only();
    expect([batch.hasBegun, batch.providerId]).toEqual([true, 'batch_1']);
    store.take(batch, [{ number: numberOf('a'), answer: '{"first":1}' }], 3);
    store.take(batch, [{ number: numberOf('a'), answer: '{"second":1}' }], 3);
    store.take({ ...batch, id: 'pb_other' }, [{ number: numberOf('a'), answer: '{"third":1}' }], 3);
    expect(store.answerOf(numberOf('a'))).toBe('{"first":1}');
    expect(store.find('a', 'k')).toMatchObject({ state: 'answered', providerId: 'batch_1' });
    expect(store.lines(id)).toEqual([]);
  });

  it('removes the calls of a run with its end, and abandons those that a provider has', () => {
    store.add(call('gathered'), 1);
    end('gathered');
    expect(stateOf('gathered')).toBeUndefined();
    store.add(call('sent'), 1);
    store.add(call('stays'), 1);
    const id = store.open(group, bounds, 2) ?? '';
    end('sent');
    expect([stateOf('sent'), store.isWanted(id), store.lines(id).length]).toEqual(['abandoned', true, 1]);
    end('stays');
    expect(store.isWanted(id)).toBe(false);
    const [abandoned] = store.take(only(), [{ number: numberOf('sent'), answer: '{}' }], 3);
    expect(abandoned?.run).toBe('sent');
    expect(store.end(only(), 'Over.', true, 3)).toBe(true);
    expect([stateOf('sent'), store.hasWork()]).toEqual([undefined, false]);
  });

  it('asks again for another attempt of the node', () => {
    store.add(call('a'), 1);
    store.open(group, bounds, 2);
    store.take(only(), [{ number: numberOf('a'), problem: 'Refused.', passes: false }], 3);
    store.askAgain(numberOf('a'), { failures: 2, body: '{"of":"again"}' }, 4);
    const id = store.open(group, bounds, 5) ?? '';
    expect(store.lines(id).map(({ body }) => body)).toEqual(['{"of":"again"}']);
  });

  it('comes back to a batch whose time a wrong clock set far away', () => {
    store.add(call('a'), 1);
    const id = store.open(group, bounds, 2) ?? '';
    store.later(id, 9e12, 'The provider is not there.');
    expect(store.due(10).map((batch) => batch.id)).toEqual([id]);
    store.later(id, 60_000);
    expect(store.due(10)).toEqual([]);
  });
});
