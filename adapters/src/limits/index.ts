export { createRedisLimits } from './redis-limits.js';
