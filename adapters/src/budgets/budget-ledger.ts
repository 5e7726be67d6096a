import { HeddleError, type Budget, type BudgetState, type Clock } from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { add, type Amounts } from './amounts.js';
import { BudgetAccounts, leftOf, type Account } from './budget-accounts.js';
import { createBudgetRows } from './budget-rows.js';
import { periodStart, subjectOf, type CallOrigin } from './budget-scope.js';
import { refuse, refuseUnpriced, type CallNeeds } from './refuse-call.js';

export type { CallOrigin } from './budget-scope.js';
export type { BudgetRefusal, CallNeeds } from './refuse-call.js';

/** Amounts held for a call. */
export interface Reservation {
  /** Puts what was really spent in place of what was held; only the first time counts. */
  settle(spent: {
    readonly money: number;
    readonly tokens: number;
    readonly seconds: number;
    readonly calls: number;
  }): void;
}

/**
 * Budgets and what was spent of them.
 *
 * - Reserving is one synchronous step over all budgets of a call, so calls that come at once cannot pass a limit
 *   together.
 * - What was spent is committed when a call settles.
 * - Reservations live in memory: the data folder has one process. After a crash its calls are made again under the same
 *   idempotency key, and reserve again.
 */
export interface BudgetLedger {
  /** Writes what people granted, in the commit of their answer. */
  readonly projection: JournalProjection;
  list(): readonly Budget[];
  /** Errors: `budget_not_found`. */
  get(id: string): Budget;
  save(budget: Budget): void;
  /** Errors: `budget_not_found`. */
  delete(id: string): void;
  /** What a budget has left in its period; of budgets over runs or nodes, of the one that spent most. Errors: `budget_not_found`. */
  state(id: string): BudgetState;
  /** Whether a budget counts calls of this origin, and limits money. */
  counts(origin: CallOrigin): { readonly any: boolean; readonly money: boolean };
  /** Holds amounts, or refuses and holds nothing; undefined where no budget counts. Errors: `budget_exceeded`, `price_missing`. */
  reserve(origin: CallOrigin, needs: CallNeeds): Reservation | undefined;
  /**
   * Money and tokens left in the tightest budgets of an origin; undefined where none limits them. `isUsedUp` where no call or second is
   * left. Budgets that ask a person do not count: they are there to be asked.
   */
  left(origin: CallOrigin): {
    readonly money: number | undefined;
    readonly tokens: number | undefined;
    readonly isUsedUp: boolean;
  };
}

/** Days after which what single runs spent is forgotten. */
const keptDays = 90;

/** The ledger in heddle.db. @example const ledger = createBudgetLedger(database, clock); */
export function createBudgetLedger(database: HeddleDatabase, clock: Pick<Clock, 'now'>): BudgetLedger {
  const within = <T>(work: () => T): T => withStorageErrors(database.file, work);
  const rows = createBudgetRows(database);
  const accounts = new BudgetAccounts(database, rows);
  within(() => rows.forget(clock.now() - keptDays * 86_400_000));
  let budgets = within(() => rows.budgets());
  const accountsOf = (origin: CallOrigin): Account[] =>
    budgets.length === 0 ? [] : accounts.accountsOf(budgets, origin, clock.now());
  const change = (work: () => void): void => {
    commitPowerSafe(database, work);
    budgets = rows.budgets();
  };

  return {
    projection: accounts.grants.projection,
    list: () => budgets,
    get: (id) => findBudget(budgets, id),
    save: (budget) => change(() => rows.save(budget, clock.now())),
    delete: (id) =>
      change(() => {
        findBudget(budgets, id);
        rows.delete(id);
      }),
    state: (id) =>
      within(() => {
        const budget = findBudget(budgets, id);
        const now = clock.now();
        const since = periodStart(budget, now);
        const { spent, reserved } = accounts.accountOf(budget, rows.busiest(id, since), now);
        return { ...budget, since, spent, reserved };
      }),
    counts: (origin) => {
      const named = within(() => rows.namedBy(origin.key));
      const counting = budgets.filter((budget) => budget.isEnabled && subjectOf(budget, origin, named) !== undefined);
      return { any: counting.length > 0, money: counting.some(({ limits }) => limits.money !== undefined) };
    },
    reserve: (origin, needs) =>
      within(() => {
        const counting = accountsOf(origin);
        if (counting.length === 0) return undefined;
        const held = hold(counting, needs);
        return reservation((spent) => {
          accounts.settle(counting, held, spent);
          within(() => rows.spend(counting, spent, clock.now()));
        });
      }),
    left: (origin) => within(() => tightest(accountsOf(origin))),
  };
}

/** Errors: `budget_not_found`. */
function findBudget(budgets: readonly Budget[], id: string): Budget {
  const budget = budgets.find((entry) => entry.id === id);
  if (budget !== undefined) return budget;
  throw new HeddleError('budget_not_found', `There is no budget '${id}': GET /api/budgets lists them.`, {
    details: { budget: id },
  });
}

/** Holds what a call needs in all accounts, or in none. Errors: `budget_exceeded`, `price_missing`. */
function hold(counting: readonly Account[], needs: CallNeeds): Amounts {
  for (const account of counting) refuseUnpriced(account.budget, needs);
  const amounts: Amounts = { money: needs.money ?? 0, tokens: needs.tokens, calls: 1, seconds: 0 };
  for (const account of counting) refuse(account, amounts);
  for (const account of counting) account.reserved = add(account.reserved, amounts);
  return amounts;
}

function reservation(settle: (spent: Amounts) => void): Reservation {
  let isSettled = false;
  return {
    settle(spent) {
      if (isSettled) return;
      isSettled = true;
      settle(spent);
    },
  };
}

/** What the tightest accounts have left; those that ask a person do not count. */
function tightest(counting: readonly Account[]): ReturnType<BudgetLedger['left']> {
  let [money, tokens]: (number | undefined)[] = [];
  let isUsedUp = false;
  for (const account of counting) {
    if (account.budget.onLimit === 'ask') continue;
    const left = leftOf(account);
    if (left.money !== undefined) money = Math.min(money ?? Infinity, left.money);
    if (left.tokens !== undefined) tokens = Math.min(tokens ?? Infinity, left.tokens);
    isUsedUp ||= (left.calls ?? 1) < 1 || (left.seconds ?? 1) <= 0;
  }
  return { money, tokens, isUsedUp };
}
