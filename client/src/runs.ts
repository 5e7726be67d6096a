import { RunStream } from './run-stream.js';
import { withQuery, type Requests } from './requests.js';
import type { Feedback, HumanQuestion, RunResult } from './types.js';

/** The runs of the caller. */
export class Runs {
  private readonly requests: Requests;

  constructor(requests: Requests) {
    this.requests = requests;
  }

  /** Returns an ended run with its outputs. Errors: `run_not_found`. */
  get(runId: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<RunResult> {
    return this.requests.json(pathOf(runId), { signal });
  }

  /** The events of a run, from the first one or after a given one. */
  events(runId: string, { signal, after }: { readonly signal?: AbortSignal; readonly after?: number } = {}): RunStream {
    const { requests } = this;
    return new RunStream({ requests, runId, signal, after });
  }

  /** Waits until a run has ended, or waits for a person. Errors: the HeddleError of a failed run. */
  wait(runId: string, options: { readonly signal?: AbortSignal } = {}): Promise<RunResult> {
    return this.events(runId, options).result();
  }

  /** Cancels a run. The key needs the right to control runs. */
  async cancel(runId: string, reason?: string): Promise<void> {
    await this.requests.send(`/api/runs/${encodeURIComponent(runId)}/cancel`, { method: 'POST', body: { reason } });
  }

  /** Rates a run, or changes its rating. The key needs the right to give feedback. */
  async rate(runId: string, feedback: Feedback): Promise<void> {
    const path = `${pathOf(runId)}/feedback`;
    await this.requests.send(path, { method: 'POST', body: feedback, isRepeatable: true });
  }

  /** Removes the rating of a run. */
  async unrate(runId: string): Promise<void> {
    await this.requests.send(`${pathOf(runId)}/feedback`, { method: 'DELETE', isRepeatable: true });
  }

  /** The questions that a run asks a person. The key needs the right to read runs with their values. */
  async questions(runId: string): Promise<readonly HumanQuestion[]> {
    const { requests } = await this.requests.json<Asked>(withQuery('/api/human-inputs', { run: runId }));
    return requests.map(({ requestId, question: { title, body, schema, buttons, dueAt } }) => ({
      requestId,
      title,
      body,
      schema,
      buttons,
      dueAt,
    }));
  }

  /**
   * Answers a question with a value that fits its schema; for a button, the member `choice` has its id. Errors: `human_input_decided`,
   * `forbidden`.
   */
  async answer(runId: string, requestId: string, value: unknown, reason?: string): Promise<void> {
    const path = `/api/runs/${encodeURIComponent(runId)}/human-inputs/${encodeURIComponent(requestId)}`;
    await this.requests.send(path, { method: 'POST', body: { value, reason } });
  }
}

interface Asked {
  readonly requests: readonly { readonly requestId: string; readonly question: Omit<HumanQuestion, 'requestId'> }[];
}

const pathOf = (runId: string): string => `/v1/runs/${encodeURIComponent(runId)}`;
