import type { BudgetLedger, CallPlace } from '@heddle/adapters/budgets';
import type { CallScope, ModelPrice, Usage } from '@heddle/core';
import type { CallGuard, CallOutcome, PlannedCall } from '../calls/call-guard.js';
import { costOf } from '../calls/cost-of.js';
import { requestBudget } from './request-budget.js';

/** Errors of calls for which nobody is billed: they ended before anything was sent, or were refused at the channel. */
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

/** The price of a model of a connection; undefined where none is known. */
export type PriceOf = (model: string) => Promise<ModelPrice | undefined>;

/**
 * Holds the bound of the input plus the most of the output before a call, and puts in its place what it took. Calls of models and
 * tools count; plain requests to the network do not.
 */
export function createBudgetGuard(ledger: BudgetLedger, priceOf: PriceOf): CallGuard {
  return {
    async admit(call, scope) {
      if (call.kind === 'network' || ledger.list().length === 0) return undefined;
      const place = placeOf(call, scope);
      const counts = ledger.counts(place);
      if (!counts.any) return undefined;
      const price = call.price ?? (counts.money && isPriced(call) ? await priceOf(call.subject) : undefined);
      const bound = { inputTokens: call.inputTokens, outputTokens: call.outputTokens };
      const needs = {
        money: isPriced(call) ? costOf(bound, price) : 0,
        currency: price?.currency,
        tokens: call.inputTokens + call.outputTokens,
      };
      const reservation = await requestBudget(scope, () => ledger.reserve(place, needs));
      if (reservation === undefined) return undefined;
      return (outcome) => {
        const usage = takenOf(outcome);
        const money = usage === undefined ? 0 : (usage.cost ?? costOf(usage, price) ?? 0);
        reservation.settle({
          money,
          tokens: usage === undefined ? 0 : usage.inputTokens + usage.outputTokens,
          seconds: outcome.ms / 1000,
          calls: usage === undefined && outcome.error !== undefined ? 0 : 1,
        });
      };
    },
  };
}

/** Models of this machine and tools cost no money. */
const isPriced = (call: PlannedCall): boolean => !call.isLocal && call.kind !== 'tool';

/** Where budgets find a call. */
export function placeOf(call: Pick<PlannedCall, 'connection'>, { runId, path, run }: CallScope): CallPlace {
  return { runId, path, workflow: run.workflowId, connection: call.connection, key: run.caller?.key };
}

/** What a call took; undefined where nothing was billed. */
function takenOf({ usage, error }: CallOutcome): Usage | undefined {
  if (error !== undefined && unbilled.has(error.code) && (usage?.outputTokens ?? 0) === 0) return undefined;
  return usage;
}
