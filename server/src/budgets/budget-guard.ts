import type { BudgetLedger, CallOrigin } from '@heddle/adapters/budgets';
import type { CallScope, ModelPrice, Usage } from '@heddle/core';
import type { CallGuard, CallOutcome, PlannedCall } from '../calls/call-guard.js';
import { costOf } from '../calls/cost-of.js';
import { requestBudget } from './request-budget.js';

/** Errors of calls that cost nothing: nothing was sent, or the call was refused. */
const unbilled: ReadonlySet<string> = new Set([
  'circuit_open',
  'connection_key_missing',
  'connection_disabled',
  'provider_unauthorized',
  'provider_rate_limited',
  'provider_refused',
  'model_missing',
  'model_busy',
  'context_too_long',
  'label_refused',
  'budget_exceeded',
  'price_missing',
  'kill_switch',
]);

/** Returns the price of a model of a connection; undefined if it is unknown. */
export type PriceOf = (model: string) => Promise<ModelPrice | undefined>;

/**
 * Reserves the maximum cost of a call before it starts, and settles the actual cost after it. Calls of models and tools count; plain
 * network requests do not.
 */
export function createBudgetGuard(ledger: BudgetLedger, priceOf: PriceOf): CallGuard {
  return {
    async admit(call, scope) {
      if (call.kind === 'network' || ledger.list().length === 0) return undefined;
      const origin = originOf(call, scope);
      const counts = await ledger.counts(origin);
      if (!counts.any) return undefined;
      const price = call.price ?? (counts.money && isPriced(call) ? await priceOf(call.subject) : undefined);
      const bound = { inputTokens: call.inputTokens, outputTokens: call.outputTokens, searches: call.searches };
      const needs = {
        money: isPriced(call) ? costOf(bound, price) : 0,
        currency: price?.currency,
        tokens: call.inputTokens + call.outputTokens,
        reservationMs: call.reservationMs,
      };
      const reservation = await requestBudget(scope, () => ledger.reserve(origin, needs));
      if (reservation === undefined) return undefined;
      return async (outcome) => {
        const usage = takenOf(outcome);
        const money = usage === undefined ? 0 : (usage.cost ?? costOf(usage, price) ?? 0);
        const spent = {
          money,
          tokens: usage === undefined ? 0 : usage.inputTokens + usage.outputTokens,
          seconds: outcome.ms / 1000,
          calls: usage === undefined && outcome.error !== undefined ? 0 : 1,
        };
        await reservation.settle(spent, outcome.alongside);
      };
    },
  };
}

/** Local models and tools cost no money. */
const isPriced = (call: PlannedCall): boolean => !call.isLocal && call.kind !== 'tool';

/** The context of a call, which decides the budgets that it counts against. */
export function originOf(call: Pick<PlannedCall, 'connection'>, { runId, path, run }: CallScope): CallOrigin {
  return { runId, path, workflow: run.workflowId, connection: call.connection, key: run.caller?.key };
}

/** The usage of a call; undefined if it cost nothing. */
function takenOf({ usage, error }: CallOutcome): Usage | undefined {
  if (error !== undefined && unbilled.has(error.code) && (usage?.outputTokens ?? 0) === 0) return undefined;
  return usage;
}
