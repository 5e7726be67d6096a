export { createReplayStore, type ReplayStore, type RowEnd, type StoredReplay } from './replay-store.js';
