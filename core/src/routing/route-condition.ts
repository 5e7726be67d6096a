import { LabelLevel } from '../labels/label.js';
import type { CandidateFacts, RouteCondition, RouteRequest } from '../ports/routing.js';
import { estimateCost } from './estimate-cost.js';
import type { RouteFact } from './route-fact.js';

type FactValue = string | number | boolean | undefined;

/**
 * A fact without measurements does not exclude a candidate, because otherwise it could never be measured. An unknown price, language or
 * difficulty does.
 */
const holdsWhenUnknown: ReadonlySet<RouteFact> = new Set(['latency', 'first-token', 'quality', 'budget-left']);

function factOf(fact: RouteFact, request: RouteRequest, candidate: CandidateFacts): FactValue {
  switch (fact) {
    case 'label':
      return request.label;
    case 'language':
      return request.language;
    case 'tokens':
      return request.tokens;
    case 'images':
      return request.images;
    case 'tools':
      return request.tools;
    case 'schema':
      return request.schema;
    case 'category':
      return request.category;
    case 'difficulty':
      return request.difficulty;
    case 'local':
      return candidate.isLocal;
    case 'context':
      return candidate.contextTokens;
    case 'price':
      return estimateCost(request, candidate);
    case 'latency':
      return candidate.latency?.p95;
    case 'first-token':
      return candidate.latency?.firstTokenP50;
    case 'quality':
      return candidate.quality?.mean;
    case 'budget-left':
      return candidate.budgetLeft;
    case 'circuit':
      return candidate.circuit;
    case 'queue':
      return candidate.queue;
  }
}

/** Whether a condition is true. Levels compare by strictness; values of different types are never equal. */
export function holds(condition: RouteCondition, request: RouteRequest, candidate: CandidateFacts): boolean {
  const found = factOf(condition.fact, request, candidate);
  if (found === undefined) return holdsWhenUnknown.has(condition.fact);
  const { value } = condition;
  switch (condition.is) {
    case 'equal':
      return found === value;
    case 'not-equal':
      return found !== value;
    case 'one-of':
      return Array.isArray(value) && typeof found !== 'boolean' && value.includes(found);
    case 'at-most':
      return compare(condition.fact, found, value, (a, b) => a <= b);
    case 'at-least':
      return compare(condition.fact, found, value, (a, b) => a >= b);
  }
}

function compare(
  fact: RouteFact,
  found: string | number | boolean,
  value: RouteCondition['value'],
  fits: (a: number, b: number) => boolean,
): boolean {
  if (fact === 'label') {
    const levels: readonly string[] = LabelLevel.options;
    const a = levels.indexOf(String(found));
    const b = levels.indexOf(String(value));
    return a >= 0 && b >= 0 && fits(a, b);
  }
  return typeof found === 'number' && typeof value === 'number' && fits(found, value);
}

/** A condition as text, such as "latency at most 800". */
export function textOf({ fact, is, value }: RouteCondition): string {
  return `${fact.replace('-', ' ')} ${is.replace('-', ' ')} ${Array.isArray(value) ? value.join(', ') : String(value)}`;
}
