export { DocumentReaders } from './DocumentReaders.js';
export { ReaderRulesPanel } from './ReaderRulesPanel.js';
export { ReaderList, ReadersField, type ReadersValue } from './ReadersField.js';
export { readersText } from './reader-text.js';
