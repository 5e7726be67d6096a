import {
  fromErrorValue,
  HeddleError,
  isAtMost,
  type Label,
  type LabelLevel,
  type Plan,
  type RunEventOf,
  type StreamEvent,
} from '@heddle/core';
import { createDeltaGate } from '@heddle/engine';
import type { RunHub } from '../live/run-hub.js';
import type { RunService } from '../runs/run.service.js';
import { errorWithin } from '../publishing/runs/error-within.js';

/** A public part of a run: a delta of an output, or finally all outputs. */
export type Followed =
  | { readonly type: 'delta'; readonly output: string; readonly delta: string }
  | { readonly type: 'result'; readonly outputs: Readonly<Record<string, unknown>> };

/** What `followRun` follows and with which parts. */
export interface Follow {
  readonly hub: RunHub;
  /** Reads the outputs of a finished run from the journal, because events contain only previews of large values. */
  readonly outputsOf: (runId: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly runId: string;
  readonly plan: Plan;
  readonly replyClearance: LabelLevel;
  readonly signal: AbortSignal;
  /** Aborted when the server stops and the run continues at the next start. */
  readonly leaving: AbortSignal;
  /** Ids of answered questions: the run no longer waits for these. */
  readonly answered?: Pick<ReadonlySet<string>, 'has'>;
  /** Called with the ids of the questions that the run waits for, before `conflict` is thrown. */
  readonly onWaiting?: (requests: readonly string[]) => void;
}

/** The parts that `followRun` uses. */
export function sourcesOf(hub: RunHub, runs: RunService): Pick<Follow, 'hub' | 'outputsOf' | 'leaving'> {
  return { hub, leaving: runs.leaving, outputsOf: async (runId) => (await runs.get(runId)).outputs };
}

/**
 * Follows a run as its caller may see it: only deltas on edges into an output, and nothing above the clearance of the reply. After a retry
 * it sends only new text. Errors: those of the run, `label_refused`, `run_cancelled`, `stream_incomplete` if a retry wrote a different
 * text, `aborted`, `shutting_down`.
 *
 * @example for await (const part of followRun({ hub, runId, plan, replyClearance, signal })) { … }
 */
export async function* followRun(follow: Follow): AsyncGenerator<Followed, void, void> {
  const gate = createDeltaGate(follow.plan);
  const texts = new Map<string, WrittenText>();
  for await (const event of watchRun(follow)) {
    if (event.type === 'node-snapshot' || event.type === 'node-delta') {
      // The label of this text is not known until its node has ended, so the text comes with the output.
      if (event.label === undefined) continue;
      const isDelta = event.type === 'node-delta';
      const piece = isDelta ? event.delta : event.text;
      const offset = isDelta ? event.offset : 0;
      for (const output of gate({ ...event, type: 'node-delta', delta: piece, offset })) {
        checkClearance(event.label, output, follow);
        const text = texts.get(output) ?? { attempt: 0, written: '', sent: '' };
        texts.set(output, text);
        const delta = grow(text, event.attempt, offset, piece);
        if (delta !== '') yield { type: 'delta', output, delta };
      }
    }
    if (event.type === 'run-end') {
      yield* finish(event, texts, follow);
      return;
    }
    if (event.type !== 'run-suspend' || event.requests.every((request) => follow.answered?.has(request) === true))
      continue;
    follow.onWaiting?.(event.requests);
    throw new HeddleError('conflict', `The run ${follow.runId} waits for a person and continues later.`, {
      details: { runId: follow.runId },
    });
  }
}

interface WrittenText {
  attempt: number;
  /** The text of this attempt. */
  written: string;
  /** The text that the caller has received in all attempts. */
  sent: string;
}

/** Adds a piece and returns the part that the caller has not received yet. */
function grow(text: WrittenText, attempt: number, offset: number, piece: string): string {
  if (attempt < text.attempt) return '';
  if (attempt > text.attempt) {
    text.attempt = attempt;
    text.written = '';
  }
  if (offset > text.written.length) return '';
  const whole = text.written.slice(0, offset) + piece;
  if (whole.length <= text.written.length) return '';
  text.written = whole;
  if (!whole.startsWith(text.sent)) return '';
  const fresh = whole.slice(text.sent.length);
  text.sent = whole;
  return fresh;
}

async function* finish(
  end: RunEventOf<'run-end'>,
  texts: ReadonlyMap<string, WrittenText>,
  follow: Follow,
): AsyncGenerator<Followed, void, void> {
  if (end.status === 'cancelled') throw new HeddleError('run_cancelled', `The run ${follow.runId} was cancelled.`);
  if (end.error !== undefined)
    throw fromErrorValue({
      ...end.error,
      details: undefined,
      ...errorWithin(end.error, end.label, follow.replyClearance),
    });
  const given = Object.entries(end.outputs ?? {});
  for (const [name, { label }] of given) checkClearance(label, name, follow);
  const isShort = given.every(([, { value }]) => value !== undefined);
  const outputs = isShort
    ? Object.fromEntries(given.map(([name, { value }]) => [name, value]))
    : await follow.outputsOf(follow.runId);
  for (const [output, { sent }] of texts) {
    const value = outputs[output];
    if (typeof value !== 'string') continue;
    if (!value.startsWith(sent))
      throw new HeddleError(
        'stream_incomplete',
        'The answer was retried and became a different one: send the request again.',
      );
    if (value.length > sent.length) yield { type: 'delta', output, delta: value.slice(sent.length) };
  }
  yield { type: 'result', outputs };
}

function checkClearance(label: Label | undefined, output: string, { replyClearance }: Follow): void {
  if (label === undefined || isAtMost(label.level, replyClearance)) return;
  throw new HeddleError(
    'label_refused',
    `The output '${output}' is ${label.level}, and replies may be at most ${replyClearance}.`,
    {
      details: { output, level: label.level, clearance: replyClearance },
    },
  );
}

/** The events of a run as an iterable. The hub limits how many wait for the reader. */
async function* watchRun({ hub, runId, signal, leaving }: Follow): AsyncGenerator<StreamEvent, void, void> {
  let waiting: StreamEvent[] = [];
  let wake: (() => void) | undefined;
  let ready: (() => void) | undefined;
  let failure: unknown;
  let isOver = false;
  const notify = (): void => wake?.();
  const stop = hub.watch(runId, 0, {
    send: (events) => {
      waiting.push(...events);
      notify();
      return waiting.length < 1000;
    },
    whenReady: (callback) => (waiting.length === 0 ? queueMicrotask(callback) : (ready = callback)),
    end: () => {
      isOver = true;
      notify();
    },
    fail: (error) => {
      failure = error;
      isOver = true;
      notify();
    },
  });
  signal.addEventListener('abort', notify, { once: true });
  leaving.addEventListener('abort', notify, { once: true });
  try {
    for (;;) {
      const events = waiting;
      waiting = [];
      yield* events;
      if (signal.aborted) throw new HeddleError('aborted', `Nobody waits for the run ${runId} any more.`);
      if (waiting.length > 0) continue;
      const requestMore = ready;
      ready = undefined;
      if (isOver) break;
      if (leaving.aborted)
        throw new HeddleError('shutting_down', 'The server is stopping: ask again in a moment.', {
          details: { runId, retryAfterSeconds: 5 },
        });
      const more = new Promise<void>((resolve) => (wake = resolve));
      requestMore?.();
      await more;
    }
    if (failure !== undefined) throw failure instanceof Error ? failure : new Error('The run cannot be followed.');
  } finally {
    signal.removeEventListener('abort', notify);
    leaving.removeEventListener('abort', notify);
    stop();
  }
}
