export { createGateStore } from './gate-store.js';
