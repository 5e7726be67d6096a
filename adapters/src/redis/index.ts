export { connectRedis, type RedisAddress, type RedisConnections } from './connect-redis.js';
export { toRedisError } from './redis-error.js';
