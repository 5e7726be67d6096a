import type { CandidateFacts, RouteRequest } from '../ports/routing.js';

/** Money that a request takes at most with a candidate, in the candidate's currency; undefined where no price is known. */
export function estimateCost(
  request: Pick<RouteRequest, 'tokens' | 'maxTokens'>,
  candidate: Pick<CandidateFacts, 'price'>,
): number | undefined {
  const { price } = candidate;
  return price === undefined
    ? undefined
    : (request.tokens * price.input + request.maxTokens * price.output) / 1_000_000;
}
