import { isPlainObject, type PublishedEvent, type RunEvent, type StreamEvent } from '@heddle/core';
import { isDeepStrictEqual } from 'node:util';
import type { JournalRun, PublishedWatch, Violation, Watch } from '../evidence.js';

/** G8: each connection shows exactly the journal after the named event, without gaps or duplicates, and streamed text is continuous. */
export function checkWatches(watches: readonly Watch[], byId: ReadonlyMap<string, JournalRun>): Violation[] {
  return watches.flatMap((watch) => {
    const problem = problemOf(watch, byId.get(watch.runId));
    return problem === undefined ? [] : [{ promise: 'G8', runId: watch.runId, message: `${watch.via}: ${problem}` }];
  });
}

function problemOf({ after, events }: Watch, run: JournalRun | undefined): string | undefined {
  let last = after;
  const texts = new Map<string, string>();
  for (const event of events) {
    if ('seq' in event) {
      if (event.seq !== last + 1) return `after event ${last} came ${event.seq}`;
      last = event.seq;
      const kept = run?.events[last - 1];
      if (!isShown(kept, event)) return `event ${last} is ${JSON.stringify(event)}, not ${JSON.stringify(kept)}`;
    }
    const problem = problemOfText(texts, event);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Whether a shown event equals that of the journal. A large value is shown by its beginning and the length of its JSON. */
function isShown(kept: unknown, shown: unknown): boolean {
  if (!isPlainObject(kept) || !isPlainObject(shown)) return isDeepStrictEqual(kept, shown);
  const { value, ...rest } = kept;
  const { size, preview, ...others } = shown;
  if (value !== undefined && typeof preview === 'string') {
    const json = JSON.stringify(value);
    const begin = typeof value === 'string' ? value : json;
    return Buffer.byteLength(json) === size && begin.startsWith(preview) && isDeepStrictEqual(rest, others);
  }
  const names = new Set([...Object.keys(kept), ...Object.keys(shown)]);
  return [...names].every((name) => isShown(kept[name], shown[name]));
}

/** Follows streamed text: a snapshot replaces it, a delta continues it, and it must equal the result. */
function problemOfText(texts: Map<string, string>, event: StreamEvent): string | undefined {
  switch (event.type) {
    case 'node-snapshot':
      texts.set(keyOf(event, event.port), event.text);
      return undefined;
    case 'node-delta': {
      const text = texts.get(keyOf(event, event.port)) ?? '';
      if (event.offset !== text.length)
        return `the text of ${event.path} has ${text.length} characters, then one came for ${event.offset}`;
      texts.set(keyOf(event, event.port), text + event.delta);
      return undefined;
    }
    case 'node-end':
      for (const [port, { value }] of Object.entries(event.outputs)) {
        const text = texts.get(keyOf(event, port));
        if (text !== undefined && text !== value)
          return `the text of ${event.path} was shown as ${JSON.stringify(text)} and is ${JSON.stringify(value)}`;
      }
      return undefined;
    default:
      return undefined;
  }
}

const keyOf = ({ path, attempt }: { readonly path: string; readonly attempt: number }, port: string): string =>
  `${attempt} ${path} ${port}`;

/** The status in the stream of a published run, by the type of the journal's event. */
const publicStatus: Partial<Record<RunEvent['type'], Extract<PublishedEvent, { type: 'node' }>['status']>> = {
  'node-start': 'running',
  'node-end': 'done',
  'node-cached': 'done',
  'node-skip': 'skipped',
  'node-error': 'failed',
  'node-retry': 'retrying',
  'node-suspend': 'suspended',
};

/** G8: each connection to the stream of a published run shows the journal after the named event, as far as callers may see it. */
export function checkStreams(streams: readonly PublishedWatch[], byId: ReadonlyMap<string, JournalRun>): Violation[] {
  return streams.flatMap((stream) => {
    const problem = problemOfStream(stream, byId.get(stream.runId));
    return problem === undefined ? [] : [{ promise: 'G8', runId: stream.runId, message: `published: ${problem}` }];
  });
}

function problemOfStream({ after, events }: PublishedWatch, run: JournalRun | undefined): string | undefined {
  const expected = (run?.events ?? []).flatMap((event) => {
    const status = publicStatus[event.type];
    return status === undefined || event.seq <= after || !('path' in event)
      ? []
      : [{ id: event.seq, node: event.path, status }];
  });
  const texts = new Map<string, string>();
  let next = 0;
  for (const { id, event } of events) {
    switch (event.type) {
      case 'node': {
        const { node, status } = event;
        const kept = expected[next];
        if (!isDeepStrictEqual({ id, node, status }, kept))
          return `said ${JSON.stringify({ id, node, status })}, not ${JSON.stringify(kept)}`;
        next += 1;
        break;
      }
      case 'delta': {
        const text = texts.get(event.output) ?? '';
        if (event.offset > 0 && event.offset !== text.length)
          return `the text of ${event.output} has ${text.length} characters, then one came for ${event.offset}`;
        texts.set(event.output, event.offset === 0 ? event.text : text + event.text);
        break;
      }
      case 'result':
      case 'error':
        return problemOfEnd(event, expected.slice(next), texts);
      case 'citation':
    }
  }
  return undefined;
}

/** Checks that a stream is complete at its end and that its text equals the result. */
function problemOfEnd(
  event: Extract<PublishedEvent, { type: 'result' | 'error' }>,
  missing: readonly object[],
  texts: ReadonlyMap<string, string>,
): string | undefined {
  // A server that stops sends this error while the run continues; the reader connects to another one.
  if (event.type === 'error' && event.code === 'shutting_down') return undefined;
  const isEnd = event.type === 'error' || event.reply.status === 'done';
  if (isEnd && missing.length > 0)
    return `ended as ${event.type === 'error' ? event.code : event.reply.status} without ${JSON.stringify(missing)}`;
  if (event.type === 'error' || !isEnd) return undefined;
  const wrong = [...texts].find(([output, text]) => event.reply.outputs[output] !== text);
  return wrong === undefined
    ? undefined
    : `the text of ${wrong[0]} was shown as ${JSON.stringify(wrong[1])} and is ${JSON.stringify(event.reply.outputs[wrong[0]])}`;
}
