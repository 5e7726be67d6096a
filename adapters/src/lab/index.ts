export {
  createLabStore,
  type LabAnswer,
  type LabRewriting,
  type LabSpending,
  type LabStore,
  type StoredLab,
} from './lab-store.js';
export * from './index-gate-store.js';
