export { createMonitorStore } from './monitor-store.js';
export { createRunScoreStore } from './run-score-store.js';
