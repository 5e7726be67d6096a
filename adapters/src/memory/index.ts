export { createFactStore } from './create-fact-store.js';
export { createConversations } from './create-conversations.js';
export { takeOverConversations, type ProvingRun, type TakenOver } from './take-over-conversations.js';
