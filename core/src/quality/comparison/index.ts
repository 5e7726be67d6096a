export * from './comparison.js';
export { changedSide } from './changed-rows.js';
export { compareVariantsSteps } from './compare-variants.js';
export { paretoFront } from './pareto-front.js';
export {
  createScoreTable,
  meanOfColumn,
  type ComparedRow,
  type ComparedScore,
  type ScoreTable,
} from './score-table.js';
