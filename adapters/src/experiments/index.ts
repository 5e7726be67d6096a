export { readYaml } from './read-yaml.js';
export {
  cellKey,
  ExperimentBody,
  experimentScope,
  ExperimentStore,
  type CellEnd,
  type CellKey,
  type CellWork,
  type StoredCell,
  type StoredExperiment,
  type StoredExperimentRow,
} from './experiment-store.js';
