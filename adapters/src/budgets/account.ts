import type { Budget } from '@heddle/core';
import { measures, type Amounts } from './amounts.js';

/** What a budget counts over in one period: one subject, such as a user or a workflow. */
export interface AccountName {
  readonly budget: Budget;
  readonly subject: string;
  readonly since: number;
}

export interface Account extends AccountName {
  readonly spent: Amounts;
  /** Amounts that people granted beyond the budget. */
  readonly granted: Amounts;
  readonly reserved: Amounts;
}

/** Sums of fractions of money are inexact, so amounts below this do not count. */
export const crumb = 1e-9;

export function leftOf({ budget, spent, granted, reserved }: Account): Partial<Amounts> {
  return Object.fromEntries(
    measures.flatMap((measure) => {
      const limit = budget.limits[measure];
      return limit === undefined ? [] : [[measure, limit + granted[measure] - spent[measure] - reserved[measure]]];
    }),
  );
}
