export {
  createLabStore,
  type LabAnswer,
  type LabSpending,
  type LabProgress,
  type LabStore,
  type StoredLab,
} from './lab-store.js';
export * from './index-gate-store.js';
