import { parentPort, workerData } from 'node:worker_threads';
import { toErrorValue } from '@heddle/core';
import { StoreService } from './store-service.js';
import type { FromWorker, StoreCall, StoreOptions, ToWorker } from './protocol.js';

// The thread that owns `collections.db`. It has two queues: reads go before writes, so a search waits at most for the batch that is being
// written.
const port = parentPort;
const service = new StoreService(workerData as StoreOptions); // given by start-worker.ts
type Waiting = { readonly id: number; readonly call: StoreCall };
const reads: Waiting[] = [];
const writes: Waiting[] = [];
const writers: ReadonlySet<string> = new Set([
  'create',
  'drop',
  'rename',
  'put',
  'delete',
  'setReaders',
  'setNote',
  'close',
]);
let isScheduled = false;

function work(): void {
  isScheduled = false;
  const next = reads.shift() ?? writes.shift();
  if (next === undefined) return;
  port?.postMessage(answer(next));
  if (next.call.name === 'close') port?.close();
  else schedule();
}

function answer({ id, call }: Waiting): FromWorker {
  try {
    return { id, give: service.answer(call) };
  } catch (error) {
    return { id, error: toErrorValue(error, 'vector_store_failed') };
  }
}

function schedule(): void {
  if (isScheduled || reads.length + writes.length === 0) return;
  isScheduled = true;
  setImmediate(work);
}

function withdraw(id: number): void {
  for (const line of [reads, writes]) {
    const index = line.findIndex((waiting) => waiting.id === id);
    if (index >= 0) line.splice(index, 1);
  }
}

port?.on('message', (message: ToWorker) => {
  if ('cancel' in message) withdraw(message.cancel);
  else (writers.has(message.call.name) ? writes : reads).push(message);
  schedule();
});
