import { RunStream } from './run-stream.js';
import type { Call, Requests } from './requests.js';
import type { RunResult } from './types.js';

/** How a workflow is called. */
export interface RunOptions {
  /** The id of the thread that the run continues, or `new` to begin one. */
  readonly thread?: string;
  /** Pins a version. */
  readonly version?: number;
  /** Milliseconds after which the server cancels the run. */
  readonly timeoutMs?: number;
  /** The same key and inputs give the same run for 24 hours. Without it, the client makes one for each call. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** A run that was started and not waited for. */
export interface StartedRun {
  readonly runId: string;
  readonly thread?: string;
  readonly status: string;
}

/** The inputs of a workflow; a file is a Blob or a File, several are a list. */
export type Inputs = Readonly<Record<string, unknown>>;

/** A published workflow. `Outputs` are its outputs, where the caller declares them. */
export class Workflow<Outputs extends object = Readonly<Record<string, unknown>>> {
  private readonly requests: Requests;
  private readonly path: string;

  constructor(requests: Requests, slug: string) {
    this.requests = requests;
    this.path = `/v1/workflows/${encodeURIComponent(slug)}`;
  }

  /**
   * Runs the workflow and waits for its end, or until it waits for a person (`status` is then `suspended` or `paused`). Errors: HeddleError
   * with the code of the run that failed.
   */
  run(inputs: Inputs, options: RunOptions = {}): Promise<RunResult<Outputs>> {
    return this.requests.json(this.path, this.callOf(inputs, options));
  }

  /** Starts a run and does not wait for it: see `runs.wait` and `runs.events`. */
  start(inputs: Inputs, options: RunOptions = {}): Promise<StartedRun> {
    return this.requests.json(this.path, this.callOf(inputs, options, { prefer: 'respond-async' }));
  }

  /** Runs the workflow; its text comes as it is written. A lost connection is made again. */
  stream(inputs: Inputs, options: RunOptions = {}): RunStream<Outputs> {
    const call = this.callOf(inputs, options, { accept: 'text/event-stream' });
    const { requests, path } = this;
    return new RunStream({ requests, signal: options.signal, begin: () => requests.send(path, call) });
  }

  private callOf(inputs: Inputs, options: RunOptions, headers: Readonly<Record<string, string>> = {}): Call {
    return {
      method: 'POST',
      body: bodyOf(inputs),
      signal: options.signal,
      isRepeatable: true,
      headers: {
        ...headers,
        'idempotency-key': options.idempotencyKey ?? crypto.randomUUID(),
        'heddle-thread': options.thread,
        'heddle-version': options.version?.toString(),
        'heddle-timeout': options.timeoutMs?.toString(),
      },
    };
  }
}

/** The inputs as they are sent: as a form where one of them is a file. */
function bodyOf(inputs: Inputs): unknown {
  const entries = Object.entries(inputs).filter(([, value]) => value !== undefined);
  if (!entries.some(([, value]) => [value].flat().some((one) => one instanceof Blob)))
    return Object.fromEntries(entries);
  const form = new FormData();
  for (const [name, value] of entries) {
    const files = [value].flat();
    if (files.length > 0 && files.every((one) => one instanceof Blob))
      for (const file of files) form.append(name, file);
    else form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return form;
}
