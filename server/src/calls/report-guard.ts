import type { CallScope, Usage } from '@heddle/core';
import { costOf } from './cost-of.js';
import type { CallGuard, PlannedCall } from './call-guard.js';

/**
 * Records when a provider reports more usage than the call can have had, or less than it must have had. It refuses nothing; spend and
 * budgets depend on honest reports.
 */
export const reportGuard: CallGuard = {
  admit: (call, scope) =>
    Promise.resolve(
      call.isLocal || call.kind !== 'generate'
        ? undefined
        : ({ usage, error, outputBytes = 0 }) => {
            // The usage of an aborted call is Heddle's own estimate.
            if (usage !== undefined && error === undefined) flag(call, usage, outputBytes, scope);
          },
    ),
};

/** The most bytes of a token; runs of spaces come close. */
const longestToken = 128;

function flag(call: PlannedCall, usage: Usage, outputBytes: number, scope: CallScope): void {
  const bound = { inputTokens: call.inputTokens, outputTokens: call.outputTokens };
  const money = usage.cost ?? costOf(usage, call.price);
  const most = costOf(bound, call.price);
  const isOver =
    usage.outputTokens > bound.outputTokens ||
    (bound.inputTokens > 0 && usage.inputTokens > bound.inputTokens) ||
    (most !== undefined && money !== undefined && money > most + 1e-9);
  const least = { inputTokens: Math.min(1, bound.inputTokens), outputTokens: Math.ceil(outputBytes / longestToken) };
  const isUnder = usage.inputTokens < least.inputTokens || usage.outputTokens < least.outputTokens;
  if (!isOver && !isUnder) return;
  const [text, edge, which] = isOver
    ? ['more than could be used', bound, 'most']
    : ['less than was used', least, 'least'];
  scope.record({
    type: 'node-decision',
    kind: 'budget',
    summary: `'${call.subject}' reports ${text}: ${usage.inputTokens} tokens in and ${usage.outputTokens} out, where ${edge.inputTokens} and ${edge.outputTokens} were the ${which}.`,
    details: {
      model: call.subject,
      reported: { ...usage },
      money: money ?? null,
      bound: { ...bound, money: most ?? null },
      least,
    },
  });
}
