import { createBudgetLedger, type BudgetLedger } from '@heddle/adapters/budgets';
import { KeyStore } from '@heddle/adapters/identity';
import { openDatabase, sqliteTables, type HeddleDatabase } from '@heddle/adapters/database';
import {
  Budget,
  HeddleError,
  KeyScopes,
  labelOf,
  toHeddleError,
  type CallScope,
  type LanguageModel,
  type ScopeRecord,
  type Usage,
} from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { observeLanguageModel } from '../calls/observe-language-model.js';
import { createBudgetGuard } from './budget-guard.js';

const price = { model: 'big', inputPerMillion: 1_000, outputPerMillion: 2_000, currency: 'USD', asOf: '2026-01-01' };

/** A remote model that answers after a delay, and reports the given usage. */
function priced(
  usage: (asked: number) => Usage | HeddleError,
  isPriced = true,
): LanguageModel & { readonly calls: { count: number } } {
  const calls = { count: 0 };
  return {
    calls,
    info: {
      id: 'far/big',
      contextTokens: 100_000,
      supports: { schema: true, tools: true, images: true },
      destination: { name: 'far/big', clearance: 'internal', isLocal: false },
      ...(isPriced ? { price } : {}),
    },
    countTokens: () => Promise.resolve(1),
    async *generate(request) {
      calls.count += 1;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
      const used = usage(request.maxTokens ?? 0);
      if (used instanceof HeddleError) throw used;
      yield { type: 'end', finishReason: 'stop', usage: used, model: 'big' };
    },
  };
}

describe('the budget guard', () => {
  let folder: string;
  let database: HeddleDatabase;
  let ledger: BudgetLedger;
  const clock = createFakeClock();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-budget-'));
    database = openDatabase(join(folder, 'heddle.db'));
    ledger = createBudgetLedger(sqliteTables(database), clock);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const records: ScopeRecord[] = [];
  function scope(runId: string, path = 'answer', key = 'k'): CallScope {
    return {
      runId,
      path,
      attempt: 1,
      label: labelOf('internal'),
      signal: new AbortController().signal,
      run: {
        runId,
        workflowId: 'w',
        workflowName: 'W',
        time: 0,
        trigger: 'test',
        inputs: {},
        options: {},
        rootId: runId,
        origin: undefined,
        reused: [],
        caller: { principal: `key:${key}`, key },
      },
      passages: () => [],
      record: (record) => records.push(record),
    };
  }

  async function ask(model: LanguageModel, runId = 'run', maxTokens = 50, key = 'k'): Promise<string> {
    const guards = [createBudgetGuard(ledger, () => Promise.resolve(undefined))];
    const watched = observeLanguageModel('far/big', model, scope(runId, 'answer', key), { clock, guards });
    try {
      for await (const event of watched.generate(
        { messages: [{ role: 'user', content: 'Where?' }], maxTokens },
        { signal: new AbortController().signal },
      ))
        expect(event.type).toBe('end');
      return 'made';
    } catch (cause) {
      return toHeddleError(cause).code;
    }
  }
  const save = (budget: unknown): Promise<void> =>
    sqliteTables(database).commit(ledger.write.save(Budget.parse(budget)));

  it('never overspends while 200 runs call at the same time and use different amounts', async () => {
    await save({ id: 'house', scope: { kind: 'all' }, limits: { money: 30 } });
    const model = priced((most) => ({
      inputTokens: 1 + Math.floor(Math.random() * 30),
      outputTokens: Math.floor(Math.random() * (most + 1)),
    }));
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const found: string[] = [];
        for (let round = 0; round < 3; round += 1) found.push(await ask(model, `run-${index}`));
        return found;
      }),
    );
    const { spent, reserved } = await ledger.state('house');
    expect(spent.money).toBeLessThanOrEqual(30);
    expect(spent.money).toBeGreaterThan(10);
    expect(reserved).toEqual({ money: 0, tokens: 0, calls: 0, seconds: 0 });
    const flat = outcomes.flat();
    expect(new Set(flat)).toEqual(new Set(['made', 'budget_exceeded']));
    expect(flat.filter((outcome) => outcome === 'made')).toHaveLength(model.calls.count);
  });

  it('releases the reservations of a dead process, and keeps what was spent', async () => {
    await save({ id: 'house', scope: { kind: 'all' }, limits: { calls: 2 } });
    await ask(priced(() => ({ inputTokens: 1, outputTokens: 1 })));
    await ledger.reserve(
      { runId: 'r', path: 'x', workflow: undefined, connection: undefined, key: undefined },
      { money: 0, currency: undefined, tokens: 1 },
    );
    expect(await ledger.state('house')).toMatchObject({ spent: { calls: 1 }, reserved: { calls: 1 } });
    const next = createBudgetLedger(sqliteTables(database), clock);
    await next.forget({ isAlone: true });
    expect(await next.state('house')).toMatchObject({
      spent: { calls: 1 },
      reserved: { calls: 0 },
    });
  });

  it('reports the missing amount, and what the budget does at its limit', async () => {
    await save({ id: 'small', scope: { kind: 'connection', id: 'far' }, limits: { tokens: 10 }, onLimit: 'downgrade' });
    const model = priced(() => ({ inputTokens: 1, outputTokens: 1 }));
    const guard = createBudgetGuard(ledger, () => Promise.resolve(undefined));
    const call = { kind: 'generate', subject: 'far/big', connection: 'far', isLocal: false, price } as const;
    await expect(guard.admit({ ...call, inputTokens: 5, outputTokens: 50 }, scope('r'))).rejects.toMatchObject({
      code: 'budget_exceeded',
      details: {
        budget: 'small',
        onLimit: 'downgrade',
        needed: { tokens: 55 },
        left: { tokens: 10 },
        missing: { tokens: 45 },
      },
    });
    expect(await ask(model)).toBe('budget_exceeded');
    expect(model.calls.count).toBe(0);
    expect(
      await guard.admit({ ...call, connection: 'near', inputTokens: 5, outputTokens: 50 }, scope('r')),
    ).toBeUndefined();
  });

  it('counts each run, node and key by itself', async () => {
    await save({ id: 'each', scope: { kind: 'run' }, limits: { calls: 1 } });
    const model = priced(() => ({ inputTokens: 1, outputTokens: 1 }));
    expect([await ask(model, 'a'), await ask(model, 'a'), await ask(model, 'b')]).toEqual([
      'made',
      'budget_exceeded',
      'made',
    ]);
    await sqliteTables(database).commit(ledger.write.delete('each'));
    await save({ id: 'mine', scope: { kind: 'key', id: 'k' }, limits: { calls: 1 } });
    await save({ id: 'node', scope: { kind: 'node', workflow: 'w', node: 'other' }, limits: { calls: 0 } });
    expect([await ask(model, 'c'), await ask(model, 'd')]).toEqual(['made', 'budget_exceeded']);
  });

  it('counts a call with a key against the budget that the key names, even if that budget is for another key', async () => {
    const store = new KeyStore(sqliteTables(database), clock);
    const scopes = KeyScopes.parse({ budget: 'small' });
    const { key } = await store.create({ name: 'k', owner: 'local', project: 'default', scopes });
    await save({ id: 'small', scope: { kind: 'key', id: 'of-another-key' }, limits: { calls: 1 } });
    const model = priced(() => ({ inputTokens: 1, outputTokens: 1 }));
    const asked = [];
    for (const run of ['a', 'b']) asked.push(await ask(model, run, 50, key.id));
    expect(asked).toEqual(['made', 'budget_exceeded']);
    expect(await ask(model, 'c')).toBe('made');
  });

  it('refuses a model without a price when money is limited', async () => {
    await save({ id: 'house', scope: { kind: 'all' }, limits: { money: 3 } });
    expect(await ask(priced(() => ({ inputTokens: 1, outputTokens: 1 }), false))).toBe('price_missing');
  });

  it('charges nothing for a refused call, and the most that may be billed for a call that broke off', async () => {
    await save({ id: 'house', scope: { kind: 'all' }, limits: { money: 3 } });
    await ask(priced(() => new HeddleError('circuit_open', 'It rests.')));
    expect((await ledger.state('house')).spent).toMatchObject({ money: 0, calls: 0 });
    await ask(priced(() => new HeddleError('provider_failed', 'It broke.')));
    expect((await ledger.state('house')).spent.money).toBeGreaterThan(0);
  });

  it('begins again at midnight UTC', async () => {
    await save({ id: 'day', scope: { kind: 'all' }, limits: { calls: 1 } });
    const model = priced(() => ({ inputTokens: 1, outputTokens: 1 }));
    expect([await ask(model), await ask(model)]).toEqual(['made', 'budget_exceeded']);
    await clock.advance(86_400_000);
    expect(await ask(model)).toBe('made');
  });
});
