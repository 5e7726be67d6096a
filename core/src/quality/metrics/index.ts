export type { Score } from './score.js';
export * from './checks.js';
export { editDistance, textSimilarity } from './edit-distance.js';
export type { FMeasure } from './f-measure.js';
export { fieldF1 } from './field-f1.js';
export { rouge } from './rouge.js';
export * from './bleu.js';
export { sentenceChrf } from './chrf.js';
export * from './retrieval.js';
