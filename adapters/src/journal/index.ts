export { createSqliteJournal, type SqliteJournalOptions } from './sqlite-journal.js';
export { takeOverRedoLog } from './take-over-redo-log.js';
