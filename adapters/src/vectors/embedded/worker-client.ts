import { Worker } from 'node:worker_threads';
import { fromErrorValue, HeddleError } from '@heddle/core';
import { resolveEntry } from '../../child/resolve-entry.js';
import type { FromWorker, StoreCalls, StoreOptions, ToWorker } from './protocol.js';

/** Calls the store's worker, which starts at the first call and again after it was lost. */
export interface WorkerClient {
  call<Name extends keyof StoreCalls>(
    name: Name,
    take: StoreCalls[Name]['take'],
    options?: { readonly signal?: AbortSignal; readonly transfer?: readonly ArrayBuffer[] },
  ): Promise<StoreCalls[Name]['give']>;
  /** What the file has, by its last calls: damage stays, a full disk goes with the next call that goes well. */
  readonly fault: HeddleError | undefined;
  /** The number of the worker that runs; undefined while none does. */
  readonly worker: number | undefined;
  close(): Promise<void>;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What is remembered of the file from one process to the next. */
export interface FileMemory {
  wasThere(): boolean;
  /** It is there now. Must not throw. */
  note(): void;
}

/** Makes a client; nothing is started yet. */
export function createWorkerClient(options: StoreOptions, memory?: FileMemory): WorkerClient {
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let workers = 0;
  let ended: Promise<void> = Promise.resolve();
  let lastId = 0;
  let isClosed = false;
  let fault: HeddleError | undefined;

  const settle = (id: number): Pending | undefined => {
    const waiting = pending.get(id);
    pending.delete(id);
    // An idle worker keeps no process alive; one that closes is waited for.
    if (pending.size === 0 && !isClosed) worker?.unref();
    return waiting;
  };

  const remember = (): void => {
    if (memory?.wasThere() === false) memory.note();
  };

  const start = (): Worker => {
    const entry = resolveEntry(new URL('./store-worker.js', import.meta.url));
    const started = new Worker(entry.file, {
      workerData: {
        ...options,
        wasThere: options.wasThere === true || memory?.wasThere() === true,
      } satisfies StoreOptions,
      execArgv: [...entry.execArgv],
      name: 'heddle-vectors',
    });
    let failure: unknown = 'no reason given';
    fault = undefined;
    workers += 1;
    started.on('message', (message: FromWorker) => {
      const waiting = settle(message.id);
      if ('error' in message) {
        const error = fromErrorValue(message.error);
        if (error.code.startsWith('storage_')) fault ??= error;
        waiting?.reject(error);
        return;
      }
      // A damaged page is met by some calls and not by others.
      if (fault?.code !== 'storage_corrupt') fault = undefined;
      waiting?.resolve(message.give);
    });
    started.on('error', (error) => {
      failure = error;
    });
    ended = new Promise((resolve) => {
      started.on('exit', () => {
        if (worker === started) worker = undefined;
        const lost = new HeddleError(
          'vector_store_failed',
          `The worker of the vector store ended (${String(failure)}); it starts again with the next call.`,
          { cause: failure, retryable: true },
        );
        for (const id of [...pending.keys()]) settle(id)?.reject(lost);
        resolve();
      });
    });
    return started;
  };

  const call: WorkerClient['call'] = async (name, take, { signal, transfer = [] } = {}) => {
    if (isClosed && name !== 'close')
      throw new HeddleError('shutting_down', 'The vector store is closed: open it again.');
    if (signal?.aborted === true) throw aborted(signal);
    return new Promise<never>((resolve, reject) => {
      const id = ++lastId;
      const target = (worker ??= start());
      const abort = (): void => {
        target.postMessage({ cancel: id } satisfies ToWorker);
        if (signal !== undefined) settle(id)?.reject(aborted(signal));
      };
      const leave = (): void => signal?.removeEventListener('abort', abort);
      signal?.addEventListener('abort', abort, { once: true });
      pending.set(id, {
        resolve: (value) => {
          leave();
          if (name !== 'close') remember();
          resolve(value as never); // the worker answers a call by the type that its name has in StoreCalls
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      });
      target.ref();
      target.postMessage({ id, call: { name, take } as never } satisfies ToWorker, [...transfer]);
    });
  };

  return {
    call,
    get fault() {
      return fault;
    },
    get worker() {
      return worker === undefined ? undefined : workers;
    },
    async close() {
      if (isClosed) {
        await ended;
        return;
      }
      isClosed = true;
      if (worker === undefined) return;
      await call('close', undefined);
      await ended;
    },
  };
}

const aborted = (signal: AbortSignal): HeddleError =>
  new HeddleError('aborted', 'The call of the vector store was stopped.', { cause: signal.reason });
