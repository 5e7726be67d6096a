import { RunStream } from './run-stream.js';
import type { Call, Requests } from './requests.js';
import type { RunResult } from './types.js';

export interface RunOptions {
  /** The id of the thread that the run continues, or `new` to begin one. */
  readonly thread?: string;
  /** The version to run. Default: the live version. */
  readonly version?: number;
  /** Milliseconds after which the server cancels the run. */
  readonly timeoutMs?: number;
  /** A call with the same key and inputs returns the same run for 24 hours. Default: a new key for each call. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** A run that was started without waiting for its end. */
export interface StartedRun {
  readonly runId: string;
  readonly thread?: string;
  readonly status: string;
}

/** The inputs of a workflow. A file is a Blob or a File; several files are a list. */
export type Inputs = Readonly<Record<string, unknown>>;

/** A published workflow. Callers may declare the type of its outputs as `Outputs`. */
export class Workflow<Outputs extends object = Readonly<Record<string, unknown>>> {
  private readonly requests: Requests;
  private readonly path: string;

  constructor(requests: Requests, slug: string) {
    this.requests = requests;
    this.path = `/v1/workflows/${encodeURIComponent(slug)}`;
  }

  /**
   * Runs the workflow and waits until it has ended, or waits for a person (then `status` is `suspended` or `paused`). Errors: a HeddleError
   * with the code of the failed run.
   */
  run(inputs: Inputs, options: RunOptions = {}): Promise<RunResult<Outputs>> {
    return this.requests.json(this.path, this.callOf(inputs, options));
  }

  /** Starts a run without waiting for it: see `runs.wait` and `runs.events`. */
  start(inputs: Inputs, options: RunOptions = {}): Promise<StartedRun> {
    return this.requests.json(this.path, this.callOf(inputs, options, { prefer: 'respond-async' }));
  }

  /** Runs the workflow and streams its events and text. Reconnects after a lost connection. */
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

/** The request body; a form if one of the inputs is a file. */
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
