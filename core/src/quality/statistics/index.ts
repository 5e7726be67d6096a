export type { Interval } from './interval.js';
export { createRandom, type Random } from './random.js';
export {
  bootstrapMean,
  bootstrapMeans,
  bootstrapMeansSteps,
  type BootstrapColumn,
  type BootstrapOptions,
} from './bootstrap.js';
export { mcnemarTest, signTest, type SignTest } from './sign-tests.js';
export { wilcoxonTest, type WilcoxonTest } from './wilcoxon.js';
export { holm } from './corrections.js';
export { wilsonInterval } from './wilson.js';
export { cohensKappa, type Kappa, type KappaOptions, type KappaWeights } from './kappa.js';
export * from './power.js';
export * from './sequence-bounded.js';
export * from './sequence-unbounded.js';
export * from './sequence-proportions.js';
export { proportionInterval } from './sequence-proportion.js';
export * from './sequence-difference.js';
