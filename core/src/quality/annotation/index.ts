export * from './annotation.js';
export * from './agreement.js';
export * from './person-scores.js';
export * from './person-rubric.js';
export type * from './annotation-store.js';
export * from './disagreement.js';
