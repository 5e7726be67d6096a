import { joinLabels, type Label, type LiveEvent } from '@heddle/core';
import { LiveText } from './live-text.js';

/** The text of a running execution, and its last progress. */
export interface LiveExecution {
  attempt: number;
  readonly texts: Map<string, LiveText>;
  /** The joined label of the text of each port; undefined if the label of a part is not known. */
  readonly labels: Map<string, Label | undefined>;
  /** How often the text was discarded because the attempt began again. */
  rewrites: number;
  progress: Extract<LiveEvent, { type: 'node-progress' }> | undefined;
  queue: Extract<LiveEvent, { type: 'node-queue' }> | undefined;
}

/** How much text of running executions a watcher has received: lengths by an internal key. */
export type SentOffsets = Map<string, number>;

/** The most characters in one message. A long text is sent in pieces, each after the watcher has taken the one before. */
const enough = 64 * 1024;

export function newExecution(attempt: number): LiveExecution {
  return { attempt, texts: new Map(), labels: new Map(), rewrites: 0, progress: undefined, queue: undefined };
}

/** Appends a delta to the text of its port. */
export function addDelta(execution: LiveExecution, event: Extract<LiveEvent, { type: 'node-delta' }>): void {
  const { texts, labels } = execution;
  const label = labels.has(event.port) ? labels.get(event.port) : event.label;
  labels.set(event.port, label === undefined || event.label === undefined ? undefined : joinLabels(label, event.label));
  const text = texts.get(event.port) ?? new LiveText();
  if (event.offset < text.length) execution.rewrites += 1;
  text.write(event.offset, event.delta);
  texts.set(event.port, text);
}

/**
 * The next events of running executions for a watcher, recorded in `sent`. Empty once the watcher has received everything. A text begins
 * with a snapshot; what does not fit into the piece follows as deltas.
 */
export function nextPiece(
  runId: string,
  executions: ReadonlyMap<string, LiveExecution>,
  sent: SentOffsets,
  time: number,
): LiveEvent[] {
  const events: LiveEvent[] = [];
  let length = 0;
  for (const [path, execution] of executions) {
    const { attempt, rewrites } = execution;
    const about = { runId, time, path, attempt };
    const key = `${path} ${attempt} ${rewrites}`;
    for (const [port, text] of execution.texts) {
      const from = sent.get(`${key} ${port}`);
      if (length >= enough || (from !== undefined && from >= text.length)) continue;
      const piece = text.piece(from ?? 0);
      const label = execution.labels.get(port);
      const more = { port, label };
      events.push(
        from === undefined
          ? { type: 'node-snapshot', ...about, ...more, text: piece }
          : { type: 'node-delta', ...about, ...more, offset: from, delta: piece },
      );
      sent.set(`${key} ${port}`, (from ?? 0) + piece.length);
      length += piece.length;
    }
    if (sent.has(key)) continue;
    sent.set(key, 0);
    if (execution.queue !== undefined) events.push(execution.queue);
    if (execution.progress !== undefined) events.push(execution.progress);
  }
  return events;
}
