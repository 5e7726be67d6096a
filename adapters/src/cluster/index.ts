export { createRunClaims } from './run-claims.js';
export { createLeases } from './leases.js';
export { createWorkers } from './workers.js';
export { keepWorker, type KeepWorkerOptions, type KeptWorker } from './keep-worker.js';
export { createClaimedJournal, type ClaimedJournal } from './claimed-journal.js';
export { reconcile, type Reconciled, type ReconcileOptions, type WaitingRuns } from './reconcile.js';
