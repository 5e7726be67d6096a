export * from './dashboard.js';
export * from './histogram.js';
export * from './rollup-store.js';
export * from './normalise-message.js';
