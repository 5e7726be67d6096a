import type { Budget } from '@heddle/core';
import { measures, type Amounts } from './amounts.js';

/** One subject that a budget counts in one period, such as a user or a workflow. */
export interface AccountName {
  readonly budget: Budget;
  readonly subject: string;
  readonly since: number;
}

/** The present state of an account. */
export interface Account extends AccountName {
  readonly spent: Amounts;
  /** What people allowed beyond the budget. */
  readonly granted: Amounts;
  readonly reserved: Amounts;
}

/** Sums of fractions of money are not exact; less than a billionth does not count. */
export const crumb = 1e-9;

/** What is left of each limited measure. */
export function leftOf({ budget, spent, granted, reserved }: Account): Partial<Amounts> {
  return Object.fromEntries(
    measures.flatMap((measure) => {
      const limit = budget.limits[measure];
      return limit === undefined ? [] : [[measure, limit + granted[measure] - spent[measure] - reserved[measure]]];
    }),
  );
}
