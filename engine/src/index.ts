export type * from './host.js';
export { createMemoryJournal } from './memory-journal.js';
