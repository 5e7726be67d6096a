export { createFactStore } from './create-fact-store.js';
export { createConversations } from './create-conversations.js';
export { takeOverConversations } from './take-over-conversations.js';
