export * from './alert.js';
export * from './alert-store.js';
export * from './next-alert-state.js';
