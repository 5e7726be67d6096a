import type { CallScope, Usage } from '@heddle/core';
import { costOf } from './cost-of.js';
import type { CallGuard, PlannedCall } from './call-guard.js';

/**
 * Refuses nothing: writes down where a provider reports more than what was asked for at most. Spend, and every budget, hold only as
 * far as it is honest.
 */
export const reportGuard: CallGuard = {
  admit: (call, scope) =>
    Promise.resolve(
      call.isLocal || call.kind !== 'generate'
        ? undefined
        : ({ usage, error }) => {
            // The usage of a call that broke off is an estimate of ours.
            if (usage !== undefined && error === undefined) flag(call, usage, scope);
          },
    ),
};

function flag(call: PlannedCall, usage: Usage, scope: CallScope): void {
  const bound = { inputTokens: call.inputTokens, outputTokens: call.outputTokens };
  const money = usage.cost ?? costOf(usage, call.price);
  const most = costOf(bound, call.price);
  const isOver =
    usage.outputTokens > bound.outputTokens ||
    (bound.inputTokens > 0 && usage.inputTokens > bound.inputTokens) ||
    (most !== undefined && money !== undefined && money > most + 1e-9);
  if (!isOver) return;
  scope.record({
    type: 'node-decision',
    kind: 'budget',
    summary: `'${call.subject}' reports more than could be used: ${usage.inputTokens} tokens in and ${usage.outputTokens} out, where ${bound.inputTokens} and ${bound.outputTokens} were the most.`,
    details: {
      ...{ model: call.subject, reported: { ...usage }, money: money ?? null },
      bound: { ...bound, money: most ?? null },
    },
  });
}
