export * from './experiment.js';
export { expandVariants, withSettings, type ExpandedVariant } from './expand-variants.js';
export { runMetrics } from './run-metrics.js';
export * from './model-results.js';
