export { createRunClaims } from './run-claims.js';
export { createRunCommands } from './run-commands.js';
export { createLeases } from './leases.js';
export { createWorkers } from './workers.js';
export { keepWorker, type KeepWorkerOptions, type KeptWorker } from './keep-worker.js';
export { keepReconciler, type KeepReconcilerOptions, type KeptReconciler } from './keep-reconciler.js';
export { createClaimedJournal, type ClaimedJournal } from './claimed-journal.js';
export { reconcile, type Reconciled, type ReconcileOptions, type WaitingRuns } from './reconcile.js';
