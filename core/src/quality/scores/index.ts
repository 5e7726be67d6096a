export type * from './run-score-store.js';
export * from './run-score.js';
