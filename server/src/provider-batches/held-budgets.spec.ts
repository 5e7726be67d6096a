import { createBudgetLedger, type BudgetLedger } from '@heddle/adapters/budgets';
import { openDatabase, sqliteTables, type HeddleDatabase } from '@heddle/adapters/database';
import { ProviderBatchStore } from '@heddle/adapters/provider-batches';
import { Budget, labelOf, type CallScope, type Tables } from '@heddle/core';
import { acceptanceOf, createFakeClock, createFakeLanguageModel } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBudgetGuard } from '../budgets/budget-guard.js';
import { silentLog } from '../common/log.js';
import { HeldBudgets } from './held-budgets.js';

const run = 'run-1';
const scope: CallScope = {
  runId: run,
  path: 'answer',
  attempt: 1,
  label: labelOf('internal'),
  signal: new AbortController().signal,
  run: acceptanceOf(run),
  passages: () => [],
  record: () => undefined,
};
const outcome = { usage: { inputTokens: 100, outputTokens: 10 }, ms: 5, error: undefined };

describe('the budget that a batched call reserves', () => {
  let folder: string;
  let database: HeddleDatabase;
  const clock = createFakeClock();
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-held-'));
    database = openDatabase(join(folder, 'heddle.db'));
    const budget = Budget.parse({ id: 'house', scope: { kind: 'all' }, limits: { calls: 10, tokens: 10_000 } });
    await sqliteTables(database).commit(createBudgetLedger(sqliteTables(database), clock).write.save(budget));
    await new ProviderBatchStore(sqliteTables(database)).add(
      {
        run,
        key: 'k',
        path: 'answer',
        failures: 0,
        workflow: undefined,
        owner: '',
        level: 'internal',
        connection: 'far',
        model: 'far/big',
        endpoint: '/v1/chat/completions',
        fallsBack: false,
        inputTokens: 200,
        outputTokens: 50,
        most: 0,
        body: '{}',
      },
      clock.now(),
    );
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A process that has opened the data folder, and released what the one before had reserved. */
  async function start(faults: { readonly mark?: () => never; readonly count?: () => never } = {}) {
    const tables: Tables = sqliteTables(database);
    const note: Tables['note'] = (writes) =>
      faults.count !== undefined && writes.some(({ sql }) => sql.includes('provider_batch_calls'))
        ? Promise.resolve().then(faults.count)
        : tables.note(writes);
    const ledger: BudgetLedger = createBudgetLedger({ ...tables, note }, clock);
    await ledger.forget({ isAlone: true });
    const store = new ProviderBatchStore(sqliteTables(database));
    if (faults.mark !== undefined) store.settle = faults.mark;
    const model = createFakeLanguageModel(() => 'x');
    const budgets = createBudgetGuard(ledger, () => Promise.resolve(undefined));
    const held = new HeldBudgets({
      store,
      budgets,
      log: silentLog,
      journal: { acceptance: () => Promise.resolve(scope.run) },
      models: { languageModel: () => Promise.resolve(model) },
    });
    await held.restore();
    const number = (await store.find(run, 'k'))?.number ?? 0;
    const state = async () => {
      const { spent, reserved } = await ledger.state('house');
      const isMarked = (await store.find(run, 'k'))?.isSettled;
      return { spent: [spent.calls, spent.tokens], held: [reserved.calls, reserved.tokens], isMarked };
    };
    return { held, number, state };
  }
  const dies = (): never => {
    throw new Error('The process ended here.');
  };

  it('is reserved again by the next process, and counted once when the call is settled', async () => {
    await start();
    const { held, number, state } = await start();
    expect(await state()).toEqual({ spent: [0, 0], held: [1, 250], isMarked: false });
    await held.settle(number, outcome);
    await held.settle(number, outcome);
    expect(await state()).toEqual({ spent: [1, 110], held: [0, 0], isMarked: true });
  });

  it.each([
    ['after it was counted', { mark: dies }, 1],
    ['before it was counted', { count: dies }, 0],
  ])('is counted once even if the process ends %s', async (_when, faults, before) => {
    const first = await start(faults);
    await expect(first.held.settle(first.number, outcome)).rejects.toThrow('The process ended here.');
    const next = await start();
    // A call is counted and marked in one commit.
    expect(await next.state()).toMatchObject({ spent: [before, before * 110], isMarked: before === 1 });
    await next.held.settle(next.number, outcome);
    expect(await next.state()).toEqual({ spent: [1, 110], held: [0, 0], isMarked: true });
  });

  it('is marked as settled even if no budget counts it', async () => {
    await sqliteTables(database).commit(createBudgetLedger(sqliteTables(database), clock).write.delete('house'));
    const { held, number } = await start();
    await held.settle(number, outcome);
    expect((await new ProviderBatchStore(sqliteTables(database)).find(run, 'k'))?.isSettled).toBe(true);
  });
});
