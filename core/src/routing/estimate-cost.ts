import type { CandidateFacts, RouteRequest } from '../ports/routing.js';

/** Returns the maximum cost of a request with a candidate, in the candidate's currency; undefined if its price is not known. */
export function estimateCost(
  request: Pick<RouteRequest, 'tokens' | 'maxTokens'>,
  candidate: Pick<CandidateFacts, 'price'>,
): number | undefined {
  const { price } = candidate;
  return price === undefined
    ? undefined
    : (request.tokens * price.input + request.maxTokens * price.output) / 1_000_000;
}
