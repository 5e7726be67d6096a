export { readYaml } from './read-yaml.js';
export {
  addSavings,
  cellKey,
  ExperimentBody,
  experimentScope,
  ExperimentStore,
  idOfScope,
  noSavings,
  type CellEnd,
  type CellKey,
  type CellWork,
  type ReusedWork,
  type StoredCell,
  type StoredExperiment,
  type StoredExperimentRow,
} from './experiment-store.js';
export { ResultStore, type ResultScope } from './result-store.js';
export { ModelResultStore } from './model-result-store.js';
