export * from './load-custom-nodes.js';
