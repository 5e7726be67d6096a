import { isAtMost } from '../labels/label.js';
import type { CandidateFacts, RouteDecision, RoutePolicy, RouteRequest } from '../ports/routing.js';
import { estimateCost } from './estimate-cost.js';
import { holds, textOf } from './route-condition.js';

/**
 * Routes a request. It is a pure function of policy, request, facts and seed, so a decision can be checked and repeated with another
 * policy. Label, context, modality and circuit breaker exclude a candidate under every policy.
 *
 * @example decideRoute(policy, request, await routing.facts(policy.candidates.map(({ model }) => model)), context.runId)
 */
export function decideRoute(
  policy: RoutePolicy,
  request: RouteRequest,
  facts: readonly CandidateFacts[],
  seed: string,
): RouteDecision {
  const byModel = new Map(facts.map((candidate) => [candidate.model, candidate]));
  const left: CandidateFacts[] = [];
  const excluded: { readonly model: string; readonly reason: string }[] = [];
  for (const { model, when } of policy.candidates) {
    const candidate = byModel.get(model);
    const reason =
      candidate === undefined
        ? 'it is not known here'
        : (obstacle(request, candidate) ?? unmet(when, request, candidate));
    if (candidate !== undefined && reason === undefined) left.push(candidate);
    else if (!excluded.some((entry) => entry.model === model)) excluded.push({ model, reason: reason ?? '' });
  }
  const ranked = rank(unique(left), policy, request);
  const isExploring = ranked.length > 1 && policy.explore > 0 && shareOf(seed) < policy.explore;
  const order = isExploring ? [ranked[1], ranked[0], ...ranked.slice(2)] : ranked;
  const chosen = order[0];
  const dropped = excluded.filter(({ model }) => !ranked.some((candidate) => candidate.model === model));
  const isKeptLocal = dropped.some(({ model }) => {
    const candidate = byModel.get(model);
    return candidate?.isAvailable === true && !isAtMost(request.label, candidate.clearance);
  });
  return {
    model: chosen?.model,
    summary: summaryOf(chosen, request, policy, dropped, isKeptLocal, isExploring),
    excluded: dropped,
    order: order.flatMap((candidate) => (candidate === undefined ? [] : [candidate.model])),
    estimatedCost: chosen === undefined ? undefined : estimateCost(request, chosen),
  };
}

/** The reason that excludes a candidate under every policy, if there is one. */
function obstacle(request: RouteRequest, candidate: CandidateFacts): string | undefined {
  if (!candidate.isAvailable) return candidate.reason ?? 'it cannot be called now';
  if (!isAtMost(request.label, candidate.clearance))
    return `the data is ${request.label} and its clearance is ${candidate.clearance}`;
  const needed = request.tokens + request.maxTokens;
  if (needed > candidate.contextTokens)
    return `its context has ${candidate.contextTokens} tokens and ${needed} are needed`;
  if (request.images && !candidate.supports.images) return 'it does not support images';
  if (request.tools && !candidate.supports.tools) return 'it does not support tools';
  if (request.schema && !candidate.supports.schema) return 'it does not support a schema';
  if (candidate.circuit === 'open') return 'its connection failed too often and is blocked for a while';
  return beyondBudget(request, candidate);
}

/** The upper bound of the prompt and the maximum of the answer must both fit into the remaining budget. */
function beyondBudget(
  request: RouteRequest,
  { budgetLeft, tokensLeft, ...candidate }: CandidateFacts,
): string | undefined {
  const tokens = request.bound ?? request.tokens;
  const usedUp = 'its budget is used up';
  if (tokensLeft !== undefined && tokens + request.maxTokens > tokensLeft) return usedUp;
  if (budgetLeft === undefined) return undefined;
  const cost = estimateCost({ ...request, tokens }, candidate);
  if (cost === undefined) return 'a budget limits money and its price is unknown';
  return cost > budgetLeft ? usedUp : undefined;
}

function unmet(
  conditions: RoutePolicy['candidates'][number]['when'],
  request: RouteRequest,
  candidate: CandidateFacts,
): string | undefined {
  const failed = conditions.find((condition) => !holds(condition, request, candidate));
  return failed === undefined ? undefined : `'${textOf(failed)}' is not true`;
}

const unique = (candidates: readonly CandidateFacts[]): CandidateFacts[] => [
  ...new Map(candidates.map((candidate) => [candidate.model, candidate])).values(),
];

/** Sorts the best first. Candidates without data come last; ties keep the order of the policy. */
function rank(candidates: CandidateFacts[], policy: RoutePolicy, request: RouteRequest): CandidateFacts[] {
  if (policy.prefer === 'order') return candidates;
  const cost = (candidate: CandidateFacts): number => {
    switch (policy.prefer) {
      case 'cheapest':
        return estimateCost(request, candidate) ?? Infinity;
      case 'fastest':
        return candidate.latency?.p50 ?? Infinity;
      case 'best':
        return -(candidate.quality?.mean ?? -1);
      case 'order':
        return 0;
    }
  };
  const keyed = candidates.map((candidate) => ({ candidate, key: cost(candidate) }));
  return keyed.sort((a, b) => (a.key === b.key ? 0 : a.key - b.key)).map(({ candidate }) => candidate);
}

/** Hashes a text to a number in [0, 1) (FNV-1a), so that a replay explores the same calls. */
function shareOf(seed: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1) {
    hash ^= seed.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32;
}

const because: Readonly<Record<RoutePolicy['prefer'], string>> = {
  order: 'first in the policy',
  cheapest: 'cheapest',
  fastest: 'fastest',
  best: 'best rated',
};

function summaryOf(
  chosen: CandidateFacts | undefined,
  request: RouteRequest,
  policy: RoutePolicy,
  excluded: RouteDecision['excluded'],
  isKeptLocal: boolean,
  isExploring: boolean,
): string {
  const reasons = [...new Set(excluded.map(({ reason }) => reason))];
  const exclusions =
    excluded.length === 0
      ? ''
      : `; ${excluded.length === 1 ? '1 candidate was' : `${excluded.length} candidates were`} excluded because ${reasons.slice(0, 3).join(', and because ')}`;
  if (chosen === undefined) return `No candidate remains${exclusions}.`;
  const keptLocal = chosen.isLocal && isKeptLocal;
  const why = keptLocal ? request.label : isExploring ? 'to measure it' : because[policy.prefer];
  return `${keptLocal ? 'Kept local' : chosen.isLocal ? 'Stays local' : 'Goes out'} to ${chosen.model}: ${why}${exclusions}.`;
}
