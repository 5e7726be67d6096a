export { createRedisDispatch } from './redis-dispatch.js';
export { createPostgresDispatch } from './postgres-dispatch.js';
export { prepareQueueTables, queueSchema } from './queue-tables.js';
