export { DocumentReaders } from './DocumentReaders.js';
export { ReaderRulesPanel } from './ReaderRulesPanel.js';
export { ReaderList, ReadersField, type ReadersValue } from './ReadersField.js';
export { kindText, readersText } from './reader-text.js';
