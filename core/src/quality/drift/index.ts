export { compareSamples, driftChecks, driftLevel, leastDriftRuns } from './compare-samples.js';
export { countsTest, type CountsTest } from './counts-test.js';
export * from './drift.js';
export { driftText } from './drift-text.js';
export { energyTest, type EnergyTest } from './energy-distance.js';
export { ksTest, type KsTest } from './kolmogorov-smirnov.js';
export { monteCarloTest, type MonteCarloOptions } from './monte-carlo.js';
