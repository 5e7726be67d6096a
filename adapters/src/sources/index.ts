export * from './kinds.js';
export { createSourceStore, sourceNotFound } from './source-store.js';
