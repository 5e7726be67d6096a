export { compareSamples, leastDriftRuns } from './compare-samples.js';
export * from './drift.js';
export { driftText } from './drift-text.js';
