import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  createEvaluatorCatalog,
  evaluateOne,
  HeddleError,
  pureEvaluators,
  type Clock,
  type Evaluators,
  type EvaluatorCatalog,
} from '@heddle/core';
import { matchWithin } from '../common/match-within.js';

const refuse = (): Promise<never> =>
  Promise.reject(new HeddleError('resource_unavailable', 'This evaluator needs a model, which is not there.'));

const withoutOthers = { match: matchWithin, pause: yieldToEventLoop, use: refuse, runWorkflow: refuse };

/** Judges by the kinds that need no model. */
export function createPureJudges(
  clock: Pick<Clock, 'now'>,
  catalog: EvaluatorCatalog = createEvaluatorCatalog(pureEvaluators),
): Evaluators {
  const meter = { now: () => clock.now(), spent: () => ({ cost: 0, tokens: 0 }) };
  return {
    check: (setups) => {
      catalog.ready(setups);
      return Promise.resolve();
    },
    metricsOf: (setups) => catalog.ready(setups).flatMap(({ metrics }) => metrics),
    evaluate: async (setups, subject, { signal }) => {
      const judged = await Promise.all(
        catalog.ready(setups).map((evaluator) => evaluateOne(evaluator, subject, { ...withoutOthers, signal }, meter)),
      );
      return judged.flat();
    },
  };
}
