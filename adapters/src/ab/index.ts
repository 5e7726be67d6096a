export { createAbStore } from './ab-store.js';
