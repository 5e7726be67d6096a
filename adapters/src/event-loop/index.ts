export { inSlices, yieldToEventLoop } from './in-slices.js';
export { createNamedQueues, type NamedQueues } from './named-queues.js';
