export { createDatasetStore } from './dataset-store.js';
export { createRowErasure, type RowErasure } from './erase-rows.js';
export { readDataset } from './read-dataset.js';
export { parquetOf } from './write-parquet.js';
export type { DatasetFile } from './dataset-file.js';
export { createNegativesStore, createQuestionStore } from './question-store.js';
export type {
  NegativesAttempt,
  NegativesStore,
  PassageName,
  QuestionAttempt,
  QuestionStore,
  StoredNegatives,
  StoredQuestions,
} from './question-store.js';
