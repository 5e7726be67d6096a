import { Budget, KeyScopes, type RunRecord, type Tables } from '@heddle/core';
import { acceptRun, type TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KeyStore } from '../identity/key-store.js';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { reservationMs } from './budget-accounts.js';
import { createBudgetLedger, type BudgetLedger, type CallOrigin } from './budget-ledger.js';

const origin: CallOrigin = { runId: 'r', path: 'n', workflow: 'w', connection: 'far', key: undefined };
const needs = { money: 1, currency: 'USD', tokens: 10 };
const spent = { money: 0.5, tokens: 4, seconds: 2, calls: 1 };
const none = { money: 0, tokens: 0, calls: 0, seconds: 0 };
const day = 86_400_000;

const fulfilled = (results: readonly PromiseSettledResult<unknown>[]): number =>
  results.filter(({ status }) => status === 'fulfilled').length;

describe.each(bothDatabases)('budgets in %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  let one: BudgetLedger;
  let other: BudgetLedger;
  const clock = { time: 0, now: () => clock.time };
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    clock.time = 20_000 * day;
    subject = await database.reset();
    [one, other] = [createBudgetLedger(subject.one, clock), createBudgetLedger(subject.other, clock)];
  });
  const refresh = (tables: Tables): Promise<void> => tables.refresh();
  const save = async (budget: object): Promise<void> => {
    await subject.one.commit(one.write.save(Budget.parse({ scope: { kind: 'all' }, ...budget })));
    await refresh(subject.other);
  };

  it('are saved, changed and deleted with their spending, for all processes', async () => {
    await save({ id: 'house', limits: { money: 3 } });
    await (await one.reserve(origin, needs))?.settle(spent);
    expect([one.list(), other.get('house').limits]).toMatchObject([[{ id: 'house' }], { money: 3 }]);
    // The same list until one of them changes: callers compare it.
    expect(one.list()).toBe(one.list());
    await save({ id: 'house', limits: { money: 5 } });
    expect(await other.state('house')).toMatchObject({ limits: { money: 5 }, spent: { money: 0.5, calls: 1 } });
    await subject.other.commit(other.write.delete('house'));
    await refresh(subject.one);
    expect(() => one.get('house')).toThrow(expect.objectContaining({ code: 'budget_not_found' }));
    await expect(subject.one.commit(one.write.delete('house'))).rejects.toMatchObject({ code: 'budget_not_found' });
    await subject.one.commit(one.write.forget('house'));
    await save({ id: 'house', limits: { money: 3 } });
    expect((await one.state('house')).spent).toEqual(none);
  });

  it('are reserved and spent by two processes together', async () => {
    await save({ id: 'house', limits: { money: 3, calls: 9 } });
    const first = await one.reserve(origin, needs);
    const second = await other.reserve(origin, needs);
    expect(await other.state('house')).toMatchObject({ spent: none, reserved: { money: 2, tokens: 20, calls: 2 } });
    await first?.settle(spent);
    await first?.settle(spent);
    expect(await other.state('house')).toMatchObject({ spent, reserved: { money: 1, calls: 1 } });
    await second?.settle({ ...none, calls: 1 });
    expect(await one.state('house')).toMatchObject({ spent: { ...spent, calls: 2 }, reserved: none });
  });

  it('are never exceeded by concurrent calls, and reserve nothing for a refused call', async () => {
    await save({ id: 'house', limits: { money: 3 } });
    await save({ id: 'calls', limits: { calls: 100 } });
    const ledgers = [one, other, one, other, one, other];
    const results = await Promise.allSettled(ledgers.map((ledger) => ledger.reserve(origin, needs)));
    expect(fulfilled(results)).toBe(3);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'budget_exceeded', details: { budget: 'house' } });
    expect((await one.state('calls')).reserved).toMatchObject({ calls: 3 });
    expect((await one.state('house')).reserved).toMatchObject({ money: 3 });
  });

  it('report what is missing when they refuse a call', async () => {
    await save({ id: 'small', limits: { tokens: 15 }, onLimit: 'downgrade' });
    await one.reserve(origin, needs);
    await expect(other.reserve(origin, needs)).rejects.toMatchObject({
      code: 'budget_exceeded',
      details: {
        budget: 'small',
        onLimit: 'downgrade',
        needed: { tokens: 10 },
        left: { tokens: 5 },
        missing: { money: 0, tokens: 5, calls: 0, seconds: 0 },
      },
    });
    await save({ id: 'time', limits: { seconds: 1 } });
    await save({ id: 'small', limits: {} });
    await (await one.reserve(origin, needs))?.settle(spent);
    await expect(one.reserve(origin, needs)).rejects.toMatchObject({ details: { budget: 'time' } });
    expect(await other.left(origin)).toEqual({ money: undefined, tokens: undefined, isUsedUp: true });
  });

  it('allow the last fraction although sums of fractions are not exact', async () => {
    await save({ id: 'house', limits: { money: 0.3 } });
    for (let call = 0; call < 3; call += 1) await one.reserve(origin, { ...needs, money: 0.1 });
    await expect(one.reserve(origin, { ...needs, money: 0.1 })).rejects.toMatchObject({ code: 'budget_exceeded' });
  });

  it('count the reservation of a dead process for a while, and release it at once when the next process is alone', async () => {
    await save({ id: 'house', limits: { calls: 1 } });
    await one.reserve(origin, needs);
    await expect(other.reserve(origin, needs)).rejects.toMatchObject({ code: 'budget_exceeded' });
    clock.time += reservationMs - 1;
    await other.forget();
    await expect(other.reserve(origin, needs)).rejects.toMatchObject({ code: 'budget_exceeded' });
    clock.time += 1;
    const late = await other.reserve(origin, needs);
    expect((await one.state('house')).reserved.calls).toBe(1);
    await one.forget({ isAlone: true });
    expect((await one.state('house')).reserved.calls).toBe(0);
    await late?.settle(spent);
    expect(await one.state('house')).toMatchObject({ spent: { calls: 1 }, reserved: { calls: 0 } });
  });

  it('count a reservation for as long as the call may take', async () => {
    await save({ id: 'house', limits: { calls: 1 } });
    const held = await one.reserve(origin, { ...needs, reservationMs: day });
    clock.time += day - 1;
    await expect(other.reserve(origin, needs)).rejects.toMatchObject({ code: 'budget_exceeded' });
    await held?.settle({ ...spent, calls: 0 });
    expect(await other.reserve(origin, needs)).toBeDefined();
  });

  it('count each run by itself, show the one that spent most, and delete runs of long ago', async () => {
    await save({ id: 'each', scope: { kind: 'run' }, limits: { calls: 1 } });
    await (await one.reserve(origin, needs))?.settle(spent);
    await (await other.reserve({ ...origin, runId: 'r2' }, needs))?.settle({ ...spent, money: 0.9 });
    await expect(other.reserve(origin, needs)).rejects.toMatchObject({ code: 'budget_exceeded' });
    expect((await one.state('each')).spent.money).toBe(0.9);
    clock.time += 91 * day;
    await one.forget();
    expect(await one.reserve(origin, needs)).toBeDefined();
  });

  it('count a call of a key against the budget that the key names', async () => {
    const keys = new KeyStore(subject.one, clock);
    const scopes = KeyScopes.parse({ budget: 'small' });
    const { key } = await keys.create({ name: 'k', owner: 'local', project: 'default', scopes });
    await save({ id: 'small', scope: { kind: 'key', id: 'another' }, limits: { money: 1 } });
    const ofKey = { ...origin, key: key.id };
    expect(await other.counts(ofKey)).toEqual({ any: true, money: true });
    expect(await other.counts(origin)).toEqual({ any: false, money: false });
    expect(await other.reserve(origin, needs)).toBeUndefined();
    await one.reserve(ofKey, needs);
    await expect(other.reserve(ofKey, needs)).rejects.toMatchObject({ code: 'budget_exceeded' });
  });

  it('begin again with each period; an earlier reservation is settled in its own period', async () => {
    await save({ id: 'day', limits: { calls: 1 } });
    const late = await one.reserve(origin, needs);
    clock.time += day;
    expect(await other.left(origin)).toEqual({ money: undefined, tokens: undefined, isUsedUp: false });
    await late?.settle(spent);
    expect((await other.state('day')).spent).toEqual(none);
    expect(await other.reserve(origin, needs)).toBeDefined();
    await expect(one.reserve(origin, { ...needs, money: undefined })).rejects.toMatchObject({
      code: 'budget_exceeded',
    });
    await save({ id: 'money', limits: { money: 1 } });
    await expect(one.reserve(origin, { ...needs, money: undefined })).rejects.toMatchObject({ code: 'price_missing' });
  });
});

describe.each(bothJournals)('what people grant beyond a budget, in %s', (_name, open) => {
  let opened: TestedJournals;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());

  it('counts once, with the commit of the answer, and not after a refusal', async () => {
    const fresh = await opened.reset();
    const { tables } = fresh;
    const ledger = createBudgetLedger(tables, { now: () => 5 });
    const journal = fresh.journalWith([ledger.projection]);
    await acceptRun(journal, 'r');
    const house = Budget.parse({ id: 'house', scope: { kind: 'all' }, limits: { calls: 0 }, onLimit: 'ask' });
    await tables.commit(ledger.write.save(house));
    const refusal: unknown = await ledger.reserve(origin, needs).catch((error: unknown) => error);
    const { details } = refusal as { readonly details: object };
    const at = { time: 1, path: 'n', attempt: 1 };
    const ask = (requestId: string): RunRecord => ({
      type: 'human-input-start',
      ...at,
      requestId,
      key: requestId,
      question: { title: 'More?', schema: {}, details: { ...details, kind: 'budget' } },
    });
    const end = (requestId: string, approve: boolean): RunRecord => ({
      type: 'human-input-end',
      ...at,
      requestId,
      key: requestId,
      outcome: 'answered',
      value: { approve },
      by: 'user:u',
    });
    await journal.append('r', [{ type: 'run-start', time: 1 }, ask('1'), end('1', false)]);
    await expect(ledger.reserve(origin, needs)).rejects.toMatchObject({ code: 'budget_exceeded' });
    await journal.append('r', [ask('2'), end('2', true)]);
    expect(await ledger.reserve(origin, needs)).toBeDefined();
    await expect(ledger.reserve(origin, needs)).rejects.toMatchObject({ code: 'budget_exceeded' });
    expect(await tables.all('SELECT request_id, who FROM budget_grants')).toEqual([{ request_id: '2', who: 'user:u' }]);
    await journal.close();
  });
});
