export * from './evaluator.js';
export type * from './evaluators.js';
