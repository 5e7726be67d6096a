export { createRedisBus, type RedisBusOptions } from './redis-bus.js';
