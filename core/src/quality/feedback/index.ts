export * from './feedback.js';
export type * from './feedback-store.js';
