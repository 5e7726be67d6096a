export * from './suite.js';
export * from './fake-context.js';
export * from './run-node.js';
export * from './check-node.js';
export * from './fake-models.js';
export * from './language-model-suite.js';
export * from './embedder-suite.js';
