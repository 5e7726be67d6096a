export { createRunScoreStore } from './run-score-store.js';
