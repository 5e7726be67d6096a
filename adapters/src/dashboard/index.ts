export { createRollupStore } from './rollup-store.js';
export { createRatingsSource } from './ratings.js';
