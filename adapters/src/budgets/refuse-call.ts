import { HeddleError, type Budget } from '@heddle/core';
import { measures, type Amounts } from './amounts.js';
import { crumb, leftOf, type Account } from './account.js';

/** The most that a call may use. `money` is undefined if its price is unknown. */
export interface CallNeeds {
  readonly money: number | undefined;
  readonly currency: string | undefined;
  readonly tokens: number;
  /** How long the reservation counts, in milliseconds. Default: 15 minutes. */
  readonly reservationMs?: number | undefined;
}

/** The details of `budget_exceeded`: enough to request the missing amount from a person. */
interface BudgetRefusal {
  readonly budget: string;
  readonly title: string;
  readonly onLimit: Budget['onLimit'];
  readonly needed: Amounts;
  readonly left: Partial<Amounts>;
  readonly missing: Amounts;
  readonly currency: string;
  readonly subject: string;
  readonly since: number;
}

/** Throws if an account has no room for a call. Errors: `budget_exceeded`. */
export function refuse(account: Account, needed: Amounts): void {
  const left = leftOf(account);
  // The duration of a call is unknown beforehand, so a call is refused only if no time is left.
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
    budget: budget.id,
    title: budget.title,
    onLimit: budget.onLimit,
    needed,
    left,
    missing,
    subject,
    since,
    currency: budget.currency,
  };
  throw new HeddleError('budget_exceeded', textOf(details), { details: { ...details } });
}

function textOf({ budget, title, onLimit, needed, left, missing, currency }: BudgetRefusal): string {
  const unit = { money: ` ${currency}`, tokens: ' tokens', calls: ' calls', seconds: ' seconds' } as const;
  const short = measures
    .filter((measure) => missing[measure] > 0)
    .map((measure) => `${round(left[measure] ?? 0)} of ${round(needed[measure])}${unit[measure]}`);
  return `The call was not made: it may take more than budget '${title === '' ? budget : title}' has left (${short.join(' and ')}). Raise the budget, wait for its next period, ${wayOut[onLimit]}.`;
}

const wayOut: Readonly<Record<Budget['onLimit'], string>> = {
  stop: 'or choose a cheaper model',
  ask: 'or choose a cheaper model',
  downgrade: "or connect the decision of a route to the input 'order' of the node, which then asks the next candidate",
};

const round = (amount: number): string => String(Math.max(0, Number(amount.toPrecision(4))));

/** Throws if a budget limits money and the price of the call is unknown. Errors: `price_missing`. */
export function refuseUnpriced({ id, limits, currency }: Budget, needs: CallNeeds): void {
  if (limits.money === undefined) return;
  if (needs.money === undefined)
    throw new HeddleError(
      'price_missing',
      `Budget '${id}' limits money, but the price of the model is unknown: set the price in the connection.`,
      { details: { budget: id } },
    );
  if (needs.money > 0 && needs.currency !== currency)
    throw new HeddleError(
      'price_missing',
      `Budget '${id}' counts ${currency}, but the price of the model is in ${needs.currency ?? 'no currency'}: give the price in ${currency}.`,
      { details: { budget: id, currency } },
    );
}
