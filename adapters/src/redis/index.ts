export { connectRedis, type RedisConnections } from './connect-redis.js';
