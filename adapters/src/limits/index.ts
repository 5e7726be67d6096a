export { createRedisLimits, type RedisLimitsOptions } from './redis-limits.js';
