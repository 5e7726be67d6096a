export { readYaml } from './read-yaml.js';
export { cellKey, experimentScope, idOfScope } from './experiment-runs.js';
export { ExperimentStore } from './experiment-store.js';
export {
  addSavings,
  ExperimentBody,
  noSavings,
  type CellEnd,
  type CellWork,
  type ReusedWork,
  type StoredCell,
  type StoredExperiment,
  type StoredExperimentRow,
} from './stored-experiment.js';
export { ResultStore } from './result-store.js';
export { ModelResultStore } from './model-result-store.js';
