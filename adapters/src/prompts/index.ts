export { createPromptStore } from './prompt-store.js';
