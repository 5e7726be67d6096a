import type { Budget } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { add, measures, none, subtract, type Amounts } from './amounts.js';
import type { BudgetRows } from './budget-rows.js';
import { accountKey, periodStart, subjectOf, type CallOrigin } from './budget-scope.js';
import { createGrants, type Grants } from './grants.js';

/** One thing that a budget counts over, in one period. */
export interface Account {
  readonly budget: Budget;
  readonly subject: string;
  readonly since: number;
  spent: Amounts;
  granted: Amounts;
  reserved: Amounts;
}

/** Accounts kept in memory; those of ended runs are read again on demand. */
const keptAccounts = 10_000;

/** The accounts of budgets: read from the rows once, then kept in memory with what is reserved. */
export class BudgetAccounts {
  readonly grants: Grants;
  private readonly rows: BudgetRows;
  private readonly accounts = new Map<string, Account>();
  private readonly isStale = new WeakSet<Account>();

  constructor(database: HeddleDatabase, rows: BudgetRows) {
    this.rows = rows;
    this.grants = createGrants(database, (key) => {
      const account = this.accounts.get(key);
      // The grant is read again on demand, because its commit may still fail.
      if (account !== undefined) this.isStale.add(account);
    });
  }

  /** `now` is in epoch milliseconds: it chooses the period. */
  accountOf(budget: Budget, subject: string, now: number): Account {
    const since = periodStart(budget, now);
    const key = accountKey(budget.id, subject, since);
    const known = this.accounts.get(key);
    if (known?.budget === budget) {
      if (this.isStale.delete(known)) known.granted = this.grants.of(budget.id, subject, since);
      return known;
    }
    if (this.accounts.size >= keptAccounts) this.forgetIdle();
    const account: Account = {
      ...{ budget, subject, since },
      spent: this.rows.spent(budget.id, subject, since),
      granted: this.grants.of(budget.id, subject, since),
      reserved: known?.reserved ?? none,
    };
    this.accounts.set(key, account);
    return account;
  }

  /** The accounts that count calls of an origin. */
  accountsOf(budgets: readonly Budget[], origin: CallOrigin, now: number): Account[] {
    const named = this.rows.namedBy(origin.key);
    const found: Account[] = [];
    for (const budget of budgets) {
      const subject = budget.isEnabled ? subjectOf(budget, origin, named) : undefined;
      if (subject !== undefined) found.push(this.accountOf(budget, subject, now));
    }
    return found;
  }

  /** Replaces what was held by what was spent, in memory. */
  settle(counting: readonly Account[], held: Amounts, spent: Amounts): void {
    for (const account of counting) {
      // The account may have been read again since, with another limit.
      const current = this.accounts.get(accountKey(account.budget.id, account.subject, account.since)) ?? account;
      current.reserved = subtract(current.reserved, held);
      current.spent = add(current.spent, spent);
    }
  }

  private forgetIdle(): void {
    for (const [key, { reserved }] of this.accounts)
      if (measures.every((measure) => reserved[measure] <= 0)) this.accounts.delete(key);
  }
}

/** What is left, of the measures that are limited. */
export function leftOf({ budget, spent, granted, reserved }: Account): Partial<Amounts> {
  return Object.fromEntries(
    measures.flatMap((measure) => {
      const limit = budget.limits[measure];
      return limit === undefined ? [] : [[measure, limit + granted[measure] - spent[measure] - reserved[measure]]];
    }),
  );
}
