import { createRunState, foldRun, labelOf, runThrough, type RunEvent, type RunSummary } from '@heddle/core';
import { runInterleaved, watchPieces } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { runReply } from './run-reply.js';

const summary: RunSummary = {
  runId: 'r',
  workflowName: 'Large',
  status: 'done',
  trigger: 'api',
  acceptedAt: 1,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  lastSeq: 9,
};

/** The events of a run with this many nodes; each returns a text. */
function eventsOf(nodes: number): readonly RunEvent[] {
  const label = labelOf('internal');
  const events: RunEvent[] = [{ type: 'run-start', runId: 'r', seq: 1, time: 1 }];
  const next = (): { readonly runId: string; readonly seq: number; readonly time: number } => ({
    runId: 'r',
    seq: events.length + 1,
    time: events.length + 1,
  });
  for (let index = 0; index < nodes; index += 1) {
    const at = { path: `n${index}`, attempt: 1 };
    events.push({ type: 'node-start', ...at, ...next() });
    events.push({
      type: 'node-end',
      ...at,
      ...next(),
      started: events.length,
      outputs: { text: { value: index === 7 ? 'x'.repeat(5_000) : `text ${index}`, label } },
    });
  }
  events.push({ type: 'run-end', ...next(), status: 'done', outputs: { text: { value: 'x'.repeat(5_000), label } } });
  return events;
}

describe('the reply about a run', () => {
  it('contains every node, with its outputs whole', () => {
    const reply = runThrough(runReply(summary, eventsOf(10)));
    expect(reply).toMatchObject({ runId: 'r', status: 'done', outputs: { text: 'x'.repeat(5_000) }, summary });
    expect(Object.keys(reply.nodes)).toHaveLength(10);
    expect(reply.nodes['n3']).toMatchObject({ path: 'n3', status: 'done', outputs: { text: { value: 'text 3' } } });
    expect(reply.nodes['n7']?.outputs?.['text']).toMatchObject({ preview: 'x'.repeat(500) });
  });

  it('about very many nodes processes few events without a pause', () => {
    const events = eventsOf(10_000);
    const { result, pieces, most } = watchPieces(({ saw }) =>
      runReply(
        summary,
        events.map((event) => ({
          ...event,
          get time() {
            saw(event);
            return event.time;
          },
        })),
      ),
    );
    expect(pieces).toBeGreaterThanOrEqual(60);
    expect(most).toBeLessThanOrEqual(500);
    const state = createRunState('r');
    for (const event of events) foldRun(state, event);
    expect(Object.keys(result.nodes)).toEqual([...state.executions.keys()]);
    expect(result).toEqual(runThrough(runReply(summary, events)));
  });

  it('can be made for several runs at the same time', () => {
    const runs = [eventsOf(600), eventsOf(3), eventsOf(1_200)];
    expect(runInterleaved(runs.map((events) => runReply(summary, events)))).toEqual(
      runs.map((events) => runThrough(runReply(summary, events))),
    );
  });

  it('contains the error of the run, or of its summary when its events are gone', () => {
    const error = { code: 'internal', message: 'It broke.', retryable: false };
    expect(runThrough(runReply({ ...summary, status: 'failed', error }, [])).error).toEqual(error);
  });
});
