export { createSqliteJournal, type SqliteJournalOptions } from './sqlite-journal.js';
export { createExcerptStore, type ExcerptStore } from './records/run-excerpts.js';
export { takeOverRedoLog } from './take-over-redo-log.js';
export { createPostgresJournal, type PostgresJournalOptions } from './postgres/postgres-journal.js';
