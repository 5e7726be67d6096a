import type { Budget } from '@heddle/core';
import { measures, type Amounts } from './amounts.js';

/** One thing that a budget counts over, in one period. */
export interface AccountName {
  readonly budget: Budget;
  readonly subject: string;
  readonly since: number;
}

/** An account as it stands. */
export interface Account extends AccountName {
  readonly spent: Amounts;
  /** What people allowed beyond the budget. */
  readonly granted: Amounts;
  readonly reserved: Amounts;
}

/** Sums of fractions of money are not exact; less than a billionth does not count. */
export const crumb = 1e-9;

/** What is left, of the measures that are limited. */
export function leftOf({ budget, spent, granted, reserved }: Account): Partial<Amounts> {
  return Object.fromEntries(
    measures.flatMap((measure) => {
      const limit = budget.limits[measure];
      return limit === undefined ? [] : [[measure, limit + granted[measure] - spent[measure] - reserved[measure]]];
    }),
  );
}
