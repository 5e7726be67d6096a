export { createSqliteJournal } from './sqlite-journal.js';
export { createExcerptStore, type ExcerptStore } from './records/run-excerpts.js';
export { takeOverRedoLog } from './take-over-redo-log.js';
export { createPostgresJournal } from './postgres/postgres-journal.js';
