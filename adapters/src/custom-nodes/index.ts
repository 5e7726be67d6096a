export * from './load-custom-nodes.js';
export * from './open-custom-nodes.js';
