export { startWorker, type RunningWorker } from './start-worker.js';
export { workTimes, type WorkerParts, type WorkTimes } from './worker-parts.js';
export { carryOutAtRest, type AtRestParts } from './carry-out.js';
export { sendCommand, type SendOptions, type SendParts } from './send-command.js';
export { wakeRun, type WakeParts } from './wake-run.js';
export { SharedDriver, type SharedDriverParts } from './shared-driver.js';
export { sayingJournal } from './saying-journal.js';
export { createRunFeed, type FeedParts } from './run-feed.js';
