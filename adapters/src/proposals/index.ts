export { createProposalStore } from './proposal-store.js';
