export * from './choose-threshold.js';
export * from './loss-of-row.js';
export * from './route-training.js';
