import { RunStream } from './run-stream.js';
import type { Requests } from './requests.js';
import type { Feedback, RunResult } from './types.js';

/** The runs of the caller. */
export class Runs {
  private readonly requests: Requests;

  constructor(requests: Requests) {
    this.requests = requests;
  }

  /** A run with its outputs, once it has ended. Errors: `run_not_found`. */
  get(runId: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<RunResult> {
    return this.requests.json(pathOf(runId), { signal });
  }

  /** The events of a run, from the first or after one that was seen. */
  events(runId: string, { signal, after }: { readonly signal?: AbortSignal; readonly after?: number } = {}): RunStream {
    const { requests } = this;
    return new RunStream({ requests, runId, signal, after });
  }

  /** Waits for the end of a run, or until it waits for a person. Errors: HeddleError of a run that failed. */
  wait(runId: string, options: { readonly signal?: AbortSignal } = {}): Promise<RunResult> {
    return this.events(runId, options).result();
  }

  /** Ends a run. The key needs the right to control runs. */
  async cancel(runId: string, reason?: string): Promise<void> {
    await this.requests.send(`/api/runs/${encodeURIComponent(runId)}/cancel`, { method: 'POST', body: { reason } });
  }

  /** Rates a run, or changes the rating. The key needs the right to give feedback. */
  async rate(runId: string, feedback: Feedback): Promise<void> {
    const path = `${pathOf(runId)}/feedback`;
    await this.requests.send(path, { method: 'POST', body: feedback, isRepeatable: true });
  }
}

const pathOf = (runId: string): string => `/v1/runs/${encodeURIComponent(runId)}`;
