import type { StreamEvent } from '@heddle/core';
import { isDeepStrictEqual } from 'node:util';
import type { JournalRun, Violation, Watch } from './evidence.js';

/** G8: what each connection showed is the journal after the named event, without gap or double, and streamed text fits together. */
export function checkWatches(watches: readonly Watch[], byId: ReadonlyMap<string, JournalRun>): Violation[] {
  return watches.flatMap((watch) => {
    const problem = problemOf(watch, byId.get(watch.runId));
    return problem === undefined ? [] : [{ promise: 'G8', runId: watch.runId, message: `${watch.face}: ${problem}` }];
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
      if (!isDeepStrictEqual(kept, event))
        return `event ${last} is ${JSON.stringify(event)}, not ${JSON.stringify(kept)}`;
    }
    const problem = problemOfText(texts, event);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Follows streamed text: a snapshot sets it, a delta continues it, the result is what was streamed. */
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
