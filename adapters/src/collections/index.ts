export * from './create-collections.js';
export type { CollectionsOptions } from './collection-context.js';
