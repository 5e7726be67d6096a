import { ChatError } from './chat-error.js';
import type { ChatEvent, ChatRun, ChatServer, Question } from './types.js';

/** Callbacks of a run in progress. */
interface RunListener {
  onRun(runId: string, thread: string | undefined): void;
  /** The whole text of an output so far. */
  onText(output: string, text: string): void;
  /** The run is suspended or paused; it continues by itself. */
  readonly onWaiting: (runId: string, status: ChatRun['status']) => void;
}

/** What to follow: a new question, or a run from before this page was loaded. */
export type Running =
  | { readonly question: Question; readonly name: string; readonly thread?: string | undefined }
  | { readonly runId: string };

/** The pauses before each new attempt to read a lost stream, in milliseconds. */
const patience = [500, 1_000, 2_000, 4_000, 8_000];
const pollMs = 3_000;

/** Follows a run to its end, through lost connections and long waits. Throws a `ChatError`, or an `AbortError` if the signal is aborted. */
export async function runToEnd(
  server: ChatServer,
  running: Running,
  listener: RunListener,
  signal: AbortSignal,
): Promise<ChatRun> {
  let runId = 'runId' in running ? running.runId : undefined;
  for (let tries = 0; ;) {
    const events: AsyncGenerator<ChatEvent> =
      runId === undefined && 'question' in running
        ? server.start(running.question, running.name, running.thread, signal)
        : server.follow(runId ?? '', signal);
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
      if (run !== undefined) await waitWhileAtRest(server, run, listener, signal);
    } catch (error) {
      if (signal.aborted || error instanceof ChatError || runId === undefined) throw error;
    }
    const pause = patience[tries];
    if (pause === undefined) throw new ChatError('stream_incomplete', 'The connection was lost. Try again.');
    tries += 1;
    await sleep(pause, signal);
  }
}

async function lastOf(events: AsyncGenerator<ChatEvent>, listener: RunListener): Promise<ChatRun | undefined> {
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

const isAtRest = ({ status }: ChatRun): boolean => status === 'suspended' || status === 'paused';

async function waitWhileAtRest(server: ChatServer, at: ChatRun, { onWaiting }: RunListener, signal: AbortSignal) {
  for (let run = at; isAtRest(run); run = await server.get(run.runId)) {
    onWaiting(run.runId, run.status);
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
