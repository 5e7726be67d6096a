import type { Heddle, HeddleError, RunResult, RunStream } from '@heddle/client';
import { ChatError } from './chat-error.js';
import type { ChatEvent, ChatRun, ChatServer } from './types.js';

/** The number of messages in a page of a thread. */
const pageSize = 100;

/**
 * A published workflow as the server of a chat, called through the program's own client. The client's key decides who owns the threads and
 * runs. In a browser, send the requests through your own server, which adds the key and the name of its user.
 *
 * @example workflowServer(new Heddle({ baseUrl: `${location.origin}/heddle` }), 'ask-the-handbook')
 */
export function workflowServer(heddle: Heddle, slug: string): () => ChatServer {
  const { runs, threads } = heddle;
  const workflow = heddle.workflow(slug);
  const server: ChatServer = {
    start: ({ inputs, files }, idempotencyKey, thread, signal) => {
      const given = Object.entries(files).filter(([, chosen]) => chosen.length > 0);
      return eventsOf(
        workflow.stream({ ...inputs, ...Object.fromEntries(given) }, { thread, idempotencyKey, signal }),
        signal,
      );
    },
    follow: (runId, signal) => eventsOf(runs.events(runId, { signal }), signal),
    get: async (runId) => runOf(await withChatErrors(runs.get(runId))),
    messages: (thread, before) => withChatErrors(threads.messages(thread, { limit: pageSize, before })),
    cancel: (runId) => withChatErrors(runs.cancel(runId, 'stopped in the chat')),
    feedback: (runId, said) => withChatErrors(said === undefined ? runs.unrate(runId) : runs.rate(runId, said)),
    questions: (runId) => withChatErrors(runs.questions(runId)),
    answer: (runId, requestId, value, reason) => withChatErrors(runs.answer(runId, requestId, value, reason)),
  };
  return () => server;
}

async function* eventsOf(stream: RunStream, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  let isNamed = false;
  try {
    for await (const event of stream) {
      if (!isNamed && stream.runId !== undefined) {
        isNamed = true;
        yield { type: 'run', runId: stream.runId, thread: stream.thread };
      }
      if (event.type === 'delta') yield event;
      else if (event.type === 'result') yield { type: 'result', run: runOf(event.result) };
    }
  } catch (error) {
    if (signal.aborted) throw error;
    const ended = endOf(error, stream.runId);
    if (ended === undefined) throw toChatError(error);
    yield { type: 'result', run: ended };
  }
}

const runOf = ({ runId, status, outputs, citations, error }: RunResult): ChatRun => ({
  runId,
  status,
  outputs,
  citations,
  error,
});

/** The end of a run as its events report it; undefined if the request itself was refused or the connection was lost. */
function endOf(error: unknown, runId: string | undefined): ChatRun | undefined {
  if (!isHeddleError(error) || runId === undefined || error.status !== 0) return undefined;
  const { code, message } = error;
  if (code === 'connection_lost' || code === 'stream_read') return undefined;
  return { runId, status: code === 'run_cancelled' ? 'cancelled' : 'failed', outputs: {}, error: { code, message } };
}

async function withChatErrors<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (error) {
    throw toChatError(error);
  }
}

const toChatError = (error: unknown): unknown =>
  isHeddleError(error) ? new ChatError(error.code, error.message) : error;

/** Recognises the error by its shape, because the program brings its own copy of the client. */
const isHeddleError = (error: unknown): error is HeddleError => error instanceof Error && error.name === 'HeddleError';
