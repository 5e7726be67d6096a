export { createCaches } from './create-caches.js';
