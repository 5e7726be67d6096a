export { createRedisBus } from './redis-bus.js';
