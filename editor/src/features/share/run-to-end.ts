import type { SharedEvent, SharedRun } from '@heddle/core';
import type { Client, Question } from './client.js';
import { ShareError } from './share-error.js';

/** Callbacks of a run in progress. */
export interface RunListener {
  onRun(runId: string, thread: string | undefined): void;
  /** The whole text of an output so far. */
  onText(output: string, text: string): void;
  /** The run is suspended or paused; it continues by itself. */
  readonly onWaiting: (status: SharedRun['status']) => void;
}

/** What runs: a question, or a run from before this page load. */
export type Running =
  | { readonly question: Question; readonly name: string; readonly thread?: string | undefined }
  | { readonly runId: string };

/** How often a lost stream is retried, and the pause before. */
const patience = [500, 1_000, 2_000, 4_000, 8_000];
const pollMs = 3_000;

/** Follows a run to its end, through lost connections and long waits. Errors: ShareError; AbortError where the signal is aborted. */
export async function runToEnd(
  client: Client,
  running: Running,
  listener: RunListener,
  signal: AbortSignal,
): Promise<SharedRun> {
  let runId = 'runId' in running ? running.runId : undefined;
  for (let tries = 0; ;) {
    const events: AsyncGenerator<SharedEvent> =
      runId === undefined && 'question' in running
        ? client.start(running.question, running.name, running.thread, signal)
        : client.follow(runId ?? '', signal);
    try {
      const run = await lastOf(events, {
        ...listener,
        onRun: (id, thread) => {
          runId = id;
          tries = 0;
          listener.onRun(id, thread);
        },
      });
      if (run !== undefined && !isAtRest(run)) return run;
      if (run !== undefined) await waitWhileAtRest(client, run, listener, signal);
    } catch (error) {
      if (signal.aborted || error instanceof ShareError || runId === undefined) throw error;
    }
    const pause = patience[tries];
    if (pause === undefined) throw new ShareError('stream_incomplete', 'The connection was lost. Try again.');
    tries += 1;
    await sleep(pause, signal);
  }
}

async function lastOf(events: AsyncGenerator<SharedEvent>, listener: RunListener): Promise<SharedRun | undefined> {
  const texts = new Map<string, string>();
  for await (const event of events) {
    if (event.type === 'run') listener.onRun(event.runId, event.thread);
    else if (event.type === 'delta') {
      const text = (texts.get(event.output) ?? '').slice(0, event.offset) + event.text;
      texts.set(event.output, text);
      listener.onText(event.output, text);
    } else if (event.type === 'result') return event.run;
  }
  return undefined;
}

const isAtRest = ({ status }: SharedRun): boolean => status === 'suspended' || status === 'paused';

async function waitWhileAtRest(client: Client, at: SharedRun, { onWaiting }: RunListener, signal: AbortSignal) {
  for (let run = at; isAtRest(run); run = await client.get(run.runId)) {
    onWaiting(run.status);
    await sleep(pollMs, signal);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new DOMException('The page is no longer open.', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
