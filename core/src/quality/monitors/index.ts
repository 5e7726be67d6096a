export * from './is-sampled.js';
export * from './monitor.js';
export * from './monitor-store.js';
