export { createSqliteCache } from './sqlite-cache.js';
