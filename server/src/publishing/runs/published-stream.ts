import {
  HeddleError,
  isAtMost,
  isStoreFault,
  type LabelLevel,
  type Plan,
  type PublishedEvent,
  type PublishedReply,
  type StreamEvent,
} from '@heddle/core';
import { createDeltaGate } from '@heddle/engine';
import type { RunHub } from '../../live/run-hub.js';
import { citationsIn } from '../../common/citations-in.js';
import { failureOf } from './published-reply.js';
import { runContinuesLater } from './run-continues-later.js';

interface PublishedStream {
  readonly runId: string;
  readonly plan: Plan;
  readonly clearance: LabelLevel;
  readonly hub: RunHub;
  readonly after?: number;
  readonly signal?: AbortSignal;
  readonly reply: () => Promise<PublishedReply>;
  readonly isAtRest: () => Promise<boolean>;
  /** Aborted when the server stops and leaves the run to its next start. */
  readonly leaving: AbortSignal;
}

/** The maximum number of batches that wait for a slow reader. Beyond it, the reader must catch up from the journal. */
const mostWaiting = 100;

/**
 * Streams the public events of a run: deltas on edges into outputs, within the clearance of the reply; node events without values; and the
 * result. The stream ends with `result` or `error`, also when the run begins to wait for a person. Errors: `storage_*` if the journal
 * cannot be read; the reader then asks again from the last event it has.
 */
export async function* publishedStream(stream: PublishedStream): AsyncGenerator<PublishedEvent> {
  const { signal, leaving } = stream;
  const toPublic = createPublicEvents(stream.plan, stream.clearance);
  let isEnded = false;
  for await (const events of batchesOf(stream)) {
    for (const event of events) yield* toPublic(event);
    isEnded ||= events.some(({ type }) => type === 'run-end');
    const isWaiting = events.some(({ type }) => type === 'run-suspend' || type === 'run-pause');
    if (!isWaiting || !(await stream.isAtRest())) continue;
    const end = await endOf(stream);
    // A person may answer before the reply is read. Then the run continues, and its next events come first.
    if (!isRest(end)) continue;
    if (signal?.aborted !== true) yield* end;
    return;
  }
  if (signal?.aborted === true) return;
  const end = await endOf(stream);
  const isWhole = isEnded || !leaving.aborted || (isRest(end) && (await stream.isAtRest()));
  yield* isWhole ? end : [errorOf(runContinuesLater(stream.runId), stream.runId)];
}

/** Whether the last events of a stream say that the run waits for a person. */
function isRest(end: readonly PublishedEvent[]): boolean {
  const last = end.at(-1);
  return last?.type === 'result' && (last.reply.status === 'suspended' || last.reply.status === 'paused');
}

async function endOf({ runId, reply }: PublishedStream): Promise<PublishedEvent[]> {
  try {
    const result = await reply();
    const failure = failureOf(result);
    if (failure !== undefined) throw failure;
    const citations = Object.entries(result.outputs).flatMap(([output, value]) =>
      citationsIn(value).map((citation) => ({ type: 'citation' as const, output, citation })),
    );
    return [...citations, { type: 'result', reply: result }];
  } catch (error) {
    if (!(error instanceof HeddleError) || isStoreFault(error)) throw error;
    return [errorOf(error, runId)];
  }
}

const errorOf = ({ code, message }: HeddleError, runId: string): PublishedEvent => ({
  type: 'error',
  code,
  message,
  runId,
});

/** Returns a function that turns an event into its public form. */
function createPublicEvents(plan: Plan, clearance: LabelLevel): (event: StreamEvent) => PublishedEvent[] {
  const outputsOf = createDeltaGate(plan);
  return (event) => {
    switch (event.type) {
      case 'node-delta':
      case 'node-snapshot': {
        // The label of the text is unknown until its node has ended, so such text comes only with the result.
        if (event.label === undefined || !isAtMost(event.label.level, clearance)) return [];
        const piece =
          event.type === 'node-delta' ? event : { ...event, type: 'node-delta' as const, offset: 0, delta: event.text };
        return outputsOf(piece).map((output) => ({ type: 'delta', output, offset: piece.offset, text: piece.delta }));
      }
      case 'node-start':
        return [{ type: 'node', seq: event.seq, node: event.path, status: 'running' }];
      case 'node-end':
      case 'node-cached':
        return [{ type: 'node', seq: event.seq, node: event.path, status: 'done' }];
      case 'node-skip':
        return [{ type: 'node', seq: event.seq, node: event.path, status: 'skipped' }];
      case 'node-error':
        return [{ type: 'node', seq: event.seq, node: event.path, status: 'failed' }];
      case 'node-retry':
        return [{ type: 'node', seq: event.seq, node: event.path, status: 'retrying' }];
      case 'node-suspend':
        return [{ type: 'node', seq: event.seq, node: event.path, status: 'suspended' }];
      default:
        return [];
    }
  };
}

/** Watches a run and gives its events in batches. The hub waits for a slow reader. */
async function* batchesOf(stream: PublishedStream): AsyncGenerator<readonly StreamEvent[]> {
  const { hub, runId, after = 0, signal, leaving } = stream;
  const waiting: (readonly StreamEvent[])[] = [];
  let isOver = signal?.aborted === true || leaving.aborted;
  let failed: Error | undefined;
  let wake = (): void => undefined;
  let onRoom: (() => void) | undefined;
  const end = (): void => {
    isOver = true;
    wake();
  };
  const stop = hub.watch(runId, after, {
    send: (events) => {
      waiting.push(events);
      wake();
      return waiting.length < mostWaiting;
    },
    whenReady: (callback) => (onRoom = callback),
    end,
    fail: (error) => {
      failed = error instanceof Error ? error : new HeddleError('internal', String(error));
      end();
    },
  });
  signal?.addEventListener('abort', end, { once: true });
  leaving.addEventListener('abort', end, { once: true });
  try {
    for (;;) {
      const batch = waiting.shift();
      if (batch !== undefined) {
        yield batch;
        continue;
      }
      const room = onRoom;
      onRoom = undefined;
      if (room !== undefined) {
        queueMicrotask(room);
      }
      if (failed !== undefined) throw failed;
      if (isOver) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal?.removeEventListener('abort', end);
    leaving.removeEventListener('abort', end);
    stop();
  }
}
