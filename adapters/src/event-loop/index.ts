export { inSlices, yieldToEventLoop } from './in-slices.js';
export { JoinedReads } from './joined-reads.js';
export { createNamedQueues, type NamedQueues } from './named-queues.js';
