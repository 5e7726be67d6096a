import { HeddleError, type Budget, type BudgetState, type Clock } from '@heddle/core';
import type { JournalProjection } from '../database/journal-projection.js';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { add, measures, none, subtract, type Amounts } from './amounts.js';
import { createBudgetRows } from './budget-rows.js';
import { accountKey, periodStart, subjectOf, type CallPlace } from './budget-scope.js';
import { createGrants } from './grants.js';

export type { CallPlace } from './budget-scope.js';

/** What a call takes at most. `money` is undefined where its price is not known. */
export interface CallNeeds {
  readonly money: number | undefined;
  readonly currency: string | undefined;
  readonly tokens: number;
}

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

/** The details of `budget_exceeded`: enough to ask a person for the rest. */
export interface BudgetRefusal {
  readonly budget: string;
  readonly title: string;
  readonly onLimit: Budget['onLimit'];
  readonly needed: Amounts;
  readonly left: Partial<Amounts>;
  /** What is missing, measure by measure. */
  readonly missing: Amounts;
  readonly currency: string;
  readonly subject: string;
  readonly since: number;
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
  /** Whether a budget counts calls of this place, and limits money. */
  counts(place: CallPlace): { readonly any: boolean; readonly money: boolean };
  /** Holds amounts, or refuses and holds nothing; undefined where no budget counts. Errors: `budget_exceeded`, `price_missing`. */
  reserve(place: CallPlace, needs: CallNeeds): Reservation | undefined;
  /**
   * Money and tokens left in the tightest budgets of a place; undefined where none limits them. `isUsedUp` where no call or second is
   * left. Budgets that ask a person do not count: they are there to be asked.
   */
  left(place: CallPlace): {
    readonly money: number | undefined;
    readonly tokens: number | undefined;
    readonly isUsedUp: boolean;
  };
}

/** One thing that a budget counts over, in one period. */
interface Account {
  readonly budget: Budget;
  readonly subject: string;
  readonly since: number;
  spent: Amounts;
  granted: Amounts;
  reserved: Amounts;
}

/** Accounts kept in memory; those of ended runs are read again on demand. */
const keptAccounts = 10_000;
/** Days after which what single runs spent is forgotten. */
const keptDays = 90;

/** The ledger in heddle.db. @example const ledger = createBudgetLedger(database, clock); */
export function createBudgetLedger(database: HeddleDatabase, clock: Pick<Clock, 'now'>): BudgetLedger {
  const within = <T>(work: () => T): T => withStorageErrors(database.file, work);
  const rows = createBudgetRows(database);
  const accounts = new Map<string, Account>();
  const isStale = new WeakSet<Account>();
  const grants = createGrants(database, (key) => {
    const account = accounts.get(key);
    // Read again when it is needed: the commit may yet fail.
    if (account !== undefined) isStale.add(account);
  });
  within(() => rows.forget(clock.now() - keptDays * 86_400_000));
  let budgets = within(() => rows.budgets());

  function accountOf(budget: Budget, subject: string, now: number): Account {
    const since = periodStart(budget, now);
    const key = accountKey(budget.id, subject, since);
    const known = accounts.get(key);
    if (known?.budget === budget) {
      if (isStale.delete(known)) known.granted = grants.of(budget.id, subject, since);
      return known;
    }
    if (accounts.size >= keptAccounts) forgetIdle();
    const account: Account = {
      ...{ budget, subject, since },
      spent: rows.spent(budget.id, subject, since),
      granted: grants.of(budget.id, subject, since),
      reserved: known?.reserved ?? none,
    };
    accounts.set(key, account);
    return account;
  }

  function forgetIdle(): void {
    for (const [key, { reserved }] of accounts)
      if (measures.every((measure) => reserved[measure] <= 0)) accounts.delete(key);
  }

  function accountsOf(place: CallPlace): Account[] {
    const now = clock.now();
    const named = rows.namedBy(place.key);
    const found: Account[] = [];
    for (const budget of budgets) {
      const subject = budget.isEnabled ? subjectOf(budget, place, named) : undefined;
      if (subject !== undefined) found.push(accountOf(budget, subject, now));
    }
    return found;
  }

  const find = (id: string): Budget => {
    const budget = budgets.find((entry) => entry.id === id);
    if (budget === undefined)
      throw new HeddleError('budget_not_found', `There is no budget '${id}': GET /api/budgets lists them.`, {
        details: { budget: id },
      });
    return budget;
  };

  return {
    projection: grants.projection,
    list: () => budgets,
    get: find,
    save: (budget) => {
      commitPowerSafe(database, () => rows.save(budget, clock.now()));
      budgets = rows.budgets();
    },
    delete: (id) => {
      commitPowerSafe(database, () => {
        find(id);
        rows.delete(id);
      });
      budgets = rows.budgets();
    },
    state: (id) =>
      within(() => {
        const budget = find(id);
        const now = clock.now();
        const since = periodStart(budget, now);
        const { spent, reserved } = accountOf(budget, rows.busiest(id, since), now);
        return { ...budget, since, spent, reserved };
      }),
    counts: (place) => {
      const named = within(() => rows.namedBy(place.key));
      const counting = budgets.filter((budget) => budget.isEnabled && subjectOf(budget, place, named) !== undefined);
      return { any: counting.length > 0, money: counting.some(({ limits }) => limits.money !== undefined) };
    },
    reserve: (place, needs) =>
      within(() => {
        if (budgets.length === 0) return undefined;
        const counting = accountsOf(place);
        if (counting.length === 0) return undefined;
        for (const account of counting) refuseUnpriced(account.budget, needs);
        const amounts: Amounts = { money: needs.money ?? 0, tokens: needs.tokens, calls: 1, seconds: 0 };
        for (const account of counting) refuse(account, amounts);
        for (const account of counting) account.reserved = add(account.reserved, amounts);
        return reservation(counting, amounts);
      }),
    left: (place) =>
      within(() => {
        let [money, tokens]: (number | undefined)[] = [];
        let isUsedUp = false;
        for (const account of budgets.length === 0 ? [] : accountsOf(place)) {
          if (account.budget.onLimit === 'ask') continue;
          const left = leftOf(account);
          if (left.money !== undefined) money = Math.min(money ?? Infinity, left.money);
          if (left.tokens !== undefined) tokens = Math.min(tokens ?? Infinity, left.tokens);
          isUsedUp ||= (left.calls ?? 1) < 1 || (left.seconds ?? 1) <= 0;
        }
        return { money, tokens, isUsedUp };
      }),
  };

  function reservation(counting: readonly Account[], held: Amounts): Reservation {
    let isSettled = false;
    return {
      settle(spent) {
        if (isSettled) return;
        isSettled = true;
        for (const account of counting) {
          // The account may have been read anew since, with another limit.
          const current = accounts.get(accountKey(account.budget.id, account.subject, account.since)) ?? account;
          current.reserved = subtract(current.reserved, held);
          current.spent = add(current.spent, spent);
        }
        within(() => rows.spend(counting, spent, clock.now()));
      },
    };
  }
}

/** What is left, of the measures that are limited. */
function leftOf({ budget, spent, granted, reserved }: Account): Partial<Amounts> {
  return Object.fromEntries(
    measures.flatMap((measure) => {
      const limit = budget.limits[measure];
      return limit === undefined ? [] : [[measure, limit + granted[measure] - spent[measure] - reserved[measure]]];
    }),
  );
}

/** Sums of fractions of money are not exact; less than a billionth does not count. */
const crumb = 1e-9;

function refuse(account: Account, needed: Amounts): void {
  const left = leftOf(account);
  // How long a call takes is not known before: time is used up when nothing of it is left.
  const isOver = measures.some((measure) => {
    const rest = left[measure];
    return rest !== undefined && (measure === 'seconds' ? rest <= 0 : needed[measure] > rest + crumb);
  });
  if (!isOver) return;
  const { budget, subject, since } = account;
  const missing = Object.fromEntries(
    measures.map((measure) => {
      const rest = left[measure];
      const short = rest === undefined ? 0 : needed[measure] - rest;
      return [measure, measure === 'seconds' && rest !== undefined && rest <= 0 ? 60 - rest : Math.max(0, short)];
    }),
  ) as unknown as Amounts; // every measure has its entry
  const details: BudgetRefusal = {
    ...{ budget: budget.id, title: budget.title, onLimit: budget.onLimit, needed, left, missing, subject, since },
    currency: budget.currency,
  };
  throw new HeddleError('budget_exceeded', wordsOf(details), { details: { ...details } });
}

function wordsOf({ budget, title, onLimit, needed, left, missing, currency }: BudgetRefusal): string {
  const unit = { money: ` ${currency}`, tokens: ' tokens', calls: ' calls', seconds: ' seconds' } as const;
  const short = measures
    .filter((measure) => missing[measure] > 0)
    .map((measure) => `${round(left[measure] ?? 0)} of ${round(needed[measure])}${unit[measure]}`);
  return `The call was not made: budget '${title === '' ? budget : title}' has ${short.join(' and ')} left that it may take. Raise the budget, wait for its next period, ${wayOut[onLimit]}.`;
}

const wayOut: Readonly<Record<Budget['onLimit'], string>> = {
  stop: 'or choose a cheaper model',
  ask: 'or choose a cheaper model',
  downgrade: "or connect the decision of a route to the input 'order' of the node, which then asks the next candidate",
};

const round = (amount: number): string => String(Math.max(0, Number(amount.toPrecision(4))));

function refuseUnpriced({ id, limits, currency }: Budget, needs: CallNeeds): void {
  if (limits.money === undefined) return;
  if (needs.money === undefined)
    throw new HeddleError(
      'price_missing',
      `Budget '${id}' limits money and the price of the model is not known: set it at the connection.`,
      { details: { budget: id } },
    );
  if (needs.money > 0 && needs.currency !== currency)
    throw new HeddleError(
      'price_missing',
      `Budget '${id}' counts ${currency} and the price of the model is in ${needs.currency ?? 'no currency'}: give the price in ${currency}.`,
      { details: { budget: id, currency } },
    );
}
