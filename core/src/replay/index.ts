export * from './replay-mode.js';
export * from './effect-table.js';
export * from './fixtures-of-run.js';
export * from './replay-counts.js';
