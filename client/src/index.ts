export { Heddle } from './heddle.js';
export { HeddleError } from './heddle-error.js';
export type { HeddleOptions } from './requests.js';
export type { RunStream } from './run-stream.js';
export type { Runs } from './runs.js';
export type { Threads, ThreadPage, MessagePage } from './threads.js';
export type { Citation, Feedback, HumanQuestion, RunEvent, RunResult, Thread, ThreadMessage } from './types.js';
export { verifyWebhook, type ReceivedWebhook } from './webhooks.js';
export type { Inputs, RunOptions, StartedRun, Workflow } from './workflow.js';
