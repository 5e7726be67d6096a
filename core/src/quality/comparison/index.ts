export * from './comparison.js';
export { changedSide } from './changed-rows.js';
export { compareVariantsSteps, type ComparisonOptions } from './compare-variants.js';
export { paretoFront, type ParetoPoint } from './pareto-front.js';
export {
  createScoreTable,
  meanOfColumn,
  type ComparedRow,
  type ComparedScore,
  type ComparedScores,
  type ScoreTable,
} from './score-table.js';
