import type { Budget, BudgetState, Clock, GuardedWrite, Tables } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import type { Amounts } from './amounts.js';
import { leftOf, type Account, type AccountName } from './account.js';
import { BudgetAccounts } from './budget-accounts.js';
import { subjectOf, type CallOrigin } from './budget-scope.js';
import { budgetGrants } from './grants.js';
import { refuseUnpriced, type CallNeeds } from './refuse-call.js';
import { createStoredBudgets, type BudgetWrites } from './stored-budgets.js';

export type { CallOrigin } from './budget-scope.js';

interface Reservation {
  /** Replaces the reservation by what was spent, with other writes in the same commit. Only the first call has an effect. */
  settle(spent: Amounts, alongside?: readonly GuardedWrite[]): Promise<void>;
}

/**
 * Budgets and what was spent of them.
 *
 * - Reserving is one commit over all budgets of a call, so concurrent calls, also in several processes, cannot exceed a limit together.
 * - What was spent is committed when a call settles.
 * - After a crash, calls are repeated under the same idempotency key, and reserve again. The reservations of the ended process count for 15
 *   minutes at most, or for a day if they belong to a batch of a provider.
 */
export interface BudgetLedger {
  /** Writes the amounts that people granted, in the commit of their answer. */
  readonly projection: RunProjection;
  readonly write: BudgetWrites;
  list(): readonly Budget[];
  /** Errors: `budget_not_found`. */
  get(id: string): Budget;
  /**
   * What a budget has left in its period. For a budget over runs or nodes: what the run or node that spent most has left. Errors:
   * `budget_not_found`.
   */
  state(id: string): Promise<BudgetState>;
  /** Whether any budget counts calls from this origin, and whether one of them limits money. */
  counts(origin: CallOrigin): Promise<{ readonly any: boolean; readonly money: boolean }>;
  /** Reserves amounts in all budgets, or in none; undefined if no budget counts the call. Errors: `budget_exceeded`, `price_missing`. */
  reserve(origin: CallOrigin, needs: CallNeeds): Promise<Reservation | undefined>;
  /**
   * Money and tokens left in the tightest budgets of an origin; undefined if none limits them. `isUsedUp` if no calls or seconds are left.
   * Budgets that ask a person do not count, because the person may allow more.
   */
  left(origin: CallOrigin): Promise<{
    readonly money: number | undefined;
    readonly tokens: number | undefined;
    readonly isUsedUp: boolean;
  }>;
  /**
   * Removes the spending of single runs after 90 days, and expired reservations. With `isAlone`, no other process uses the database: all
   * reservations come from ended processes and are removed.
   */
  forget(options?: { readonly isAlone?: boolean }): Promise<void>;
}

const keptDays = 90;

/** Creates the ledger on any database. @example const ledger = createBudgetLedger(tables, clock); */
export function createBudgetLedger(tables: Tables, clock: Pick<Clock, 'now'>): BudgetLedger {
  const accounts = new BudgetAccounts(tables);
  const budgets = createStoredBudgets(tables, () => clock.now());
  const accountsOf = async (origin: CallOrigin): Promise<readonly AccountName[]> => {
    const known = budgets.list();
    return known.length === 0 ? [] : accounts.accountsOf(known, origin, clock.now());
  };

  return {
    projection: budgetGrants,
    write: budgets.write,
    list: () => budgets.list(),
    get: (id) => budgets.get(id),
    async state(id) {
      const budget = budgets.get(id);
      const now = clock.now();
      const { since, spent, reserved } = await accounts.read(await accounts.busiest(budget, now), now);
      return { ...budget, since, spent, reserved };
    },
    async counts(origin) {
      const named = await accounts.namedBy(origin.key);
      const counting = budgets
        .list()
        .filter((budget) => budget.isEnabled && subjectOf(budget, origin, named) !== undefined);
      return { any: counting.length > 0, money: counting.some(({ limits }) => limits.money !== undefined) };
    },
    async reserve(origin, needs) {
      const counting = await accountsOf(origin);
      if (counting.length === 0) return undefined;
      for (const { budget } of counting) refuseUnpriced(budget, needs);
      const needed: Amounts = { money: needs.money ?? 0, tokens: needs.tokens, calls: 1, seconds: 0 };
      const id = await accounts.hold(counting, needed, clock.now(), needs.reservationMs);
      return reservation((spent, alongside) => accounts.settle(counting, { id, spent, alongside }, clock.now()));
    },
    async left(origin) {
      const now = clock.now();
      const counting = (await accountsOf(origin)).filter(({ budget }) => budget.onLimit !== 'ask');
      return tightest(await Promise.all(counting.map((name) => accounts.read(name, now))));
    },
    forget: ({ isAlone = false } = {}) => accounts.forget(clock.now() - keptDays * 86_400_000, clock.now(), isAlone),
  };
}

function reservation(settle: Reservation['settle']): Reservation {
  let isSettled = false;
  return {
    async settle(spent, alongside) {
      if (isSettled) return;
      isSettled = true;
      await settle(spent, alongside);
    },
  };
}

function tightest(counting: readonly Account[]): Awaited<ReturnType<BudgetLedger['left']>> {
  let money: number | undefined;
  let tokens: number | undefined;
  let isUsedUp = false;
  for (const account of counting) {
    const left = leftOf(account);
    if (left.money !== undefined) money = Math.min(money ?? Infinity, left.money);
    if (left.tokens !== undefined) tokens = Math.min(tokens ?? Infinity, left.tokens);
    isUsedUp ||= (left.calls ?? 1) < 1 || (left.seconds ?? 1) <= 0;
  }
  return { money, tokens, isUsedUp };
}
