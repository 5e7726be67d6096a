export * from './evaluator.js';
export type * from './evaluators.js';
export * from './define-evaluator.js';
export { createEvaluatorCatalog, type EvaluatorCatalog, type ReadyEvaluator } from './evaluator-catalog.js';
export { evaluateOne, type EvaluatorMeter } from './evaluate-one.js';
export { textOf } from './judged-values.js';
export { pureEvaluators } from './kinds/index.js';
