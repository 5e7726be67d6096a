import { pureEvaluators, type EvaluatorDefinition } from '@heddle/core';
import { groundednessKind } from './groundedness-kind.js';
import { judgeKind } from './judge-kind.js';
import { meaningKinds } from './meaning-kinds.js';
import { ownKinds } from './own-kinds.js';
import { pairwiseKind } from './pairwise-kind.js';
import { safetyKinds } from './safety-kinds.js';

/** Every kind of evaluator, in the order of lists. */
export const evaluatorKinds: readonly EvaluatorDefinition[] = [
  ...pureEvaluators,
  ...meaningKinds,
  groundednessKind,
  ...safetyKinds,
  judgeKind,
  pairwiseKind,
  ...ownKinds,
];
