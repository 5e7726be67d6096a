export { createRedisDispatch, type RedisDispatchOptions } from './redis-dispatch.js';
export { createPostgresDispatch, type PostgresDispatchOptions } from './postgres-dispatch.js';
export { prepareQueueTables, queueSchema, type QueueTables } from './queue-tables.js';
