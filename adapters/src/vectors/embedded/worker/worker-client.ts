import { Worker } from 'node:worker_threads';
import { fromErrorValue, HeddleError } from '@heddle/core';
import { resolveEntry } from '../../../child/resolve-entry.js';
import { ownFile } from '../../../child/own-file.js';
import type { FromWorker, StoreCalls, StoreOptions, ToWorker } from './protocol.js';

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Remembers between processes whether the file existed. */
export interface FileMemory {
  wasThere(): boolean;
  /** Records that the file exists now. Must not throw. */
  note(): void;
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly transfer?: readonly ArrayBuffer[];
}

/** Calls the store's worker. The worker starts at the first call, and again after it was lost. */
export class WorkerClient {
  /** The storage error of the last calls. The next successful call clears it, except damage. */
  fault: HeddleError | undefined;
  private readonly options: StoreOptions;
  private readonly memory: FileMemory | undefined;
  private readonly pending = new Map<number, Pending>();
  private running: Worker | undefined;
  private workers = 0;
  private ended: Promise<void> = Promise.resolve();
  private lastId = 0;
  private isClosed = false;

  constructor(options: StoreOptions, memory?: FileMemory) {
    this.options = options;
    this.memory = memory;
  }

  /** The number of the running worker; undefined if none runs. */
  get worker(): number | undefined {
    return this.running === undefined ? undefined : this.workers;
  }

  async call<Name extends keyof StoreCalls>(
    name: Name,
    take: StoreCalls[Name]['take'],
    { signal, transfer = [] }: CallOptions = {},
  ): Promise<StoreCalls[Name]['give']> {
    if (this.isClosed && name !== 'close')
      throw new HeddleError('shutting_down', 'The vector store is closed: open it again.');
    if (signal?.aborted === true) throw aborted(signal);
    return new Promise<never>((resolve, reject) => {
      const id = ++this.lastId;
      const target = (this.running ??= this.start());
      const abort = (): void => {
        target.postMessage({ cancel: id } satisfies ToWorker);
        if (signal !== undefined) this.settle(id)?.reject(aborted(signal));
      };
      const leave = (): void => signal?.removeEventListener('abort', abort);
      signal?.addEventListener('abort', abort, { once: true });
      this.pending.set(id, {
        resolve: (value) => {
          leave();
          if (name !== 'close' && this.memory?.wasThere() === false) this.memory.note();
          resolve(value as never); // the worker answers each call with the type that StoreCalls has for its name
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      });
      target.ref();
      target.postMessage({ id, call: { name, take } as never } satisfies ToWorker, [...transfer]);
    });
  }

  async close(): Promise<void> {
    if (this.isClosed) {
      await this.ended;
      return;
    }
    this.isClosed = true;
    if (this.running === undefined) return;
    await this.call('close', undefined);
    await this.ended;
  }

  private start(): Worker {
    const entry = resolveEntry(ownFile('vectors/embedded/worker/store-worker.js'));
    const wasThere = this.options.wasThere === true || this.memory?.wasThere() === true;
    const started = new Worker(entry.file, {
      workerData: { ...this.options, wasThere } satisfies StoreOptions,
      execArgv: [...entry.execArgv],
      name: 'heddle-vectors',
    });
    let failure: unknown = 'no reason given';
    this.fault = undefined;
    this.workers += 1;
    started.on('message', (message: FromWorker) => this.take(message));
    started.on('error', (error) => {
      failure = error;
    });
    this.ended = new Promise((resolve) => {
      started.on('exit', () => {
        if (this.running === started) this.running = undefined;
        const lost = new HeddleError(
          'vector_store_failed',
          `The worker of the vector store ended (${String(failure)}); it starts again with the next call.`,
          { cause: failure, retryable: true },
        );
        for (const id of [...this.pending.keys()]) this.settle(id)?.reject(lost);
        resolve();
      });
    });
    return started;
  }

  private take(message: FromWorker): void {
    const waiting = this.settle(message.id);
    if ('error' in message) {
      const error = fromErrorValue(message.error);
      if (error.code.startsWith('storage_')) this.fault ??= error;
      waiting?.reject(error);
      return;
    }
    // Only some calls read a damaged page, so a successful call does not disprove the damage.
    if (this.fault?.code !== 'storage_corrupt') this.fault = undefined;
    waiting?.resolve(message.give);
  }

  private settle(id: number): Pending | undefined {
    const waiting = this.pending.get(id);
    this.pending.delete(id);
    // An idle worker does not keep the process alive. A closing worker does, so that it can finish.
    if (this.pending.size === 0 && !this.isClosed) this.running?.unref();
    return waiting;
  }
}

const aborted = (signal: AbortSignal): HeddleError =>
  new HeddleError('aborted', 'The call of the vector store was stopped.', { cause: signal.reason });
