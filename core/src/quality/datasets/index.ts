export * from './dataset.js';
export * from './dataset-changes.js';
export * from './dataset-store.js';
export * from './negatives.js';
export * from './questions.js';
export {
  cellsOfRow,
  csvColumns,
  isRowColumn,
  recordOfRow,
  rowOfRecord,
  type RecordFormat,
  type RowDefaults,
} from './row-formats.js';
export { questionOfRow } from './question-of-row.js';
