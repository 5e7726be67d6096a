export type * from './host.js';
export type { ExecutionLook, RunLook } from './look.js';
export { startRun, resumeRun } from './start-run.js';
export { seedsOf } from './resume.js';
export { checkRunInputs, parseRunInputs } from './run-inputs.js';
export { createLimits, type Limits } from './limits.js';
export { createMemoryJournal } from './memory-journal.js';
export { createDeltaGate } from './delta-gate.js';
export { replayDecisions, type Decision } from './replay-decisions.js';
