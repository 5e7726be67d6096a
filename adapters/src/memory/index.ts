export { createMemory } from './create-memory.js';
