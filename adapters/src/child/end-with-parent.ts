import { Worker } from 'node:worker_threads';

/** Checks once a second whether the parent is still the same: works while the main thread is busy in a long call. */
const watcher = `
const parent = require('node:worker_threads').workerData;
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, 1000);
`;

/** Ends this process when the one that started it is gone, however busy this one is. */
export function endWithParent(): void {
  // Not `process.exit`: it waits for V8's threads, and one that compiles may wait for the main thread in turn.
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // Windows keeps the parent's id, so only the end of the channel shows that the parent ended.
  if (process.platform !== 'win32') new Worker(watcher, { eval: true, execArgv: [], workerData: process.ppid }).unref();
}
