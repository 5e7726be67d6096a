import { HeddleError, type CallScope } from '@heddle/core';
import type { PriceOf } from '../budgets/budget-guard.js';
import type { CallGuard, PlannedCall } from '../calls/call-guard.js';
import { costOf } from '../calls/cost-of.js';

/** A budget for all calls of one evaluation. Before a call its highest possible cost is reserved; afterwards only its real cost counts. */
export function createEvaluationBudget(most: number | undefined, priceOf: PriceOf): CallGuard {
  let taken = 0;
  return {
    async admit(call, _scope: CallScope) {
      if (most === undefined || call.isLocal || call.kind === 'network' || call.kind === 'tool') return undefined;
      const price = call.price ?? (await priceOf(call.subject).catch(() => undefined));
      const needed = costOf(call, price);
      if (needed === undefined) throw unpriced(call);
      if (taken + needed > most) throw exceeded(call, needed, most - taken);
      taken += needed;
      return ({ usage, error }) => {
        const real = usage === undefined ? 0 : (usage.cost ?? costOf(usage, price) ?? needed);
        taken += (error !== undefined && usage === undefined ? 0 : real) - needed;
      };
    },
  };
}

function unpriced({ subject }: PlannedCall): HeddleError {
  return new HeddleError(
    'price_missing',
    `The price of '${subject}' is unknown, so a budget cannot hold: set its price, or judge without a budget.`,
  );
}

function exceeded({ subject }: PlannedCall, needed: number, left: number): HeddleError {
  const money = (amount: number): string => amount.toFixed(4);
  return new HeddleError(
    'budget_exceeded',
    `'${subject}' was not asked: it may cost ${money(needed)} USD, and ${money(Math.max(0, left))} USD of the budget are left.`,
    { details: { needed, left } },
  );
}
