import { isTerminal, toHeddleError, type Conversations, type Journal, type RunEvent } from '@heddle/core';
import { chatTurnsOf } from '../../common/chat-turns.js';
import { citationsIn } from '../../common/citations-in.js';
import type { Log } from '../../common/log.js';
import type { RunHub } from '../../live/run-hub.js';
import type { RunThreads } from './run-threads.js';

type RunEnd = Extract<RunEvent, { type: 'run-end' }>;

interface Recording {
  readonly conversations: Pick<Conversations, 'unrecorded' | 'record'>;
  readonly journal: Pick<Journal, 'summary' | 'acceptance' | 'events'>;
}

/**
 * Returns a function that adds what the newest run of a conversation said: its question and its answer, unless a node added messages, and
 * the sources of the answer. This happens at the end of the run or, after a crash, before the conversation is read or continued. A failed
 * run adds nothing.
 */
export function recordThreads({ conversations, journal }: Recording): (thread: string) => Promise<void> {
  return async (thread) => {
    const run = await conversations.unrecorded(thread);
    if (run === undefined) return;
    const end = await endOf(run, journal);
    if (end === undefined) return;
    const outputs = end.status === 'done' ? (end.outputs ?? {}) : {};
    const turns = end.status === 'done' ? chatTurnsOf((await journal.acceptance(run)).inputs, outputs) : [];
    const citations = Object.values(outputs).flatMap(({ value }) => citationsIn(value));
    await conversations.record(thread, { run, turns, citations });
  };
}

/** Adds what runs of this process said to their threads when the runs end. */
export function recordEnds(
  { hub, threads, log }: { readonly hub: RunHub; readonly threads: RunThreads; readonly log: Log },
  record: (thread: string) => Promise<void>,
): void {
  hub.listen((runId, events) => {
    if (!events.some(({ type }) => type === 'run-end')) return;
    const thread = threads.release(runId);
    if (thread === undefined) return;
    record(thread).catch((err: unknown) =>
      log.warn({ runId, err }, 'the answer of a run is added to its thread later'),
    );
  });
}

/** Reads the end of a run; undefined if it has not ended, was removed, or was never accepted. */
async function endOf(run: string, journal: Recording['journal']): Promise<RunEnd | undefined> {
  try {
    const { status, lastSeq } = await journal.summary(run);
    if (!isTerminal(status)) return undefined;
    const events = await journal.events(run, { after: lastSeq - 1 });
    return events.find((event) => event.type === 'run-end');
  } catch (error) {
    if (toHeddleError(error).code === 'run_not_found') return undefined;
    throw error;
  }
}
