import { expect, it } from '@jest/globals';
import type { StreamEvent } from '@heddle/core';
import { followEvents } from './read-event-stream.js';

const event = (seq: number, type: string, more: object = {}): string =>
  `id: ${seq}\ndata: ${JSON.stringify({ runId: 'run_1', seq, time: 1, type, ...more })}\n\n`;

/** Follows a run whose replies are these texts, one after the other; returns the requested seqs and the events. */
async function follow(texts: readonly string[]) {
  const asked: number[] = [];
  const events: StreamEvent[] = [];
  const open = (after: number): Promise<Response> => {
    asked.push(after);
    return Promise.resolve(
      new Response(texts[asked.length - 1] ?? null, { status: asked.length > texts.length ? 204 : 200 }),
    );
  };
  const error = await followEvents(
    open,
    () => Promise.resolve(false),
    (received) => events.push(...received),
  ).catch((thrown: unknown) => thrown);
  return { asked, types: events.map(({ type }) => type), error };
}

it('requests the events after the last seq when a reply ends before the run', async () => {
  const end = event(2, 'run-end', { status: 'done', outputs: {} });
  expect(await follow([event(1, 'run-start'), end])).toEqual({
    asked: [0, 1],
    types: ['run-start', 'run-end'],
    error: undefined,
  });
});

it('fails with the problem at the end of a reply, and sends no further request', async () => {
  const problem = `event: problem\ndata: ${JSON.stringify({ error: { code: 'storage_corrupt', message: 'Damaged.' } })}\n\n`;
  const { asked, types, error } = await follow([event(1, 'run-start') + problem]);
  expect([asked, types]).toEqual([[0], ['run-start']]);
  expect(error).toMatchObject({ code: 'storage_corrupt', message: 'Damaged.' });
});
