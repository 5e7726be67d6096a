import { Worker } from 'node:worker_threads';

/**
 * Checks once a second whether the parent is still the same. It is a thread, so it also works while the main thread is busy with a long
 * call.
 */
const watcher = `
const parent = require('node:worker_threads').workerData;
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, 1000);
`;

/** Ends this process when its parent is gone, even while this process is busy. */
export function endWithParent(): void {
  // Not `process.exit`: it waits for V8's threads, and a thread that compiles may be waiting for the main thread.
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // On Windows the parent's id never changes, so only the closed channel shows that the parent ended.
  if (process.platform !== 'win32') new Worker(watcher, { eval: true, execArgv: [], workerData: process.ppid }).unref();
}
