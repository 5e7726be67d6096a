export type * from './ab-store.js';
export * from './ab-figures.js';
export * from './ab-metrics.js';
export * from './ab-series.js';
export * from './ab-slices.js';
export * from './ab-test.js';
export * from './judge-ab.js';
export * from './live-shares.js';
export * from './callers-needed.js';
