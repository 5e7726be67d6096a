import { expect, it } from '@jest/globals';
import { HeddleError, type Plan, type PublishedEvent, type PublishedReply, type StreamEvent } from '@heddle/core';
import type { RunHub } from '../../live/run-hub.js';
import type { LiveSink } from '../../live/run-subscriber.js';
import { publishedStream } from './published-stream.js';

const runId = 'run_1';
const at = { runId, time: 0 };
const suspended: StreamEvent = { ...at, seq: 1, type: 'run-suspend', requests: ['ask_1'] };
const done: StreamEvent[] = [
  { ...at, seq: 2, type: 'node-start', path: 'reply', attempt: 1 },
  { ...at, seq: 3, type: 'run-end', status: 'done', outputs: {} },
] as StreamEvent[];

const replyWith = (status: PublishedReply['status']): PublishedReply => ({
  runId,
  workflow: 'chaos',
  version: 1,
  status,
  outputs: {},
  usage: { inputTokens: 0, outputTokens: 0, cost: 0 },
});

/** The events of a stream over a hub that the test controls. */
function follow(reply: (sink: LiveSink) => PublishedReply, first: (sink: LiveSink, leave: () => void) => void) {
  const leaving = new AbortController();
  let sink: LiveSink | undefined;
  const hub = {
    watch: (_runId: string, _after: number, watching: LiveSink) => {
      sink = watching;
      first(watching, () => leaving.abort());
      return () => undefined;
    },
  } as unknown as RunHub;
  const stream = publishedStream({
    runId,
    hub,
    clearance: 'public',
    leaving: leaving.signal,
    plan: { nodes: {}, edges: [], outputs: {} } as unknown as Plan,
    reply: () => Promise.resolve(reply(sink as LiveSink)),
    isAtRest: () => Promise.resolve(true),
  });
  return allOf(stream);
}

async function allOf(stream: AsyncIterable<PublishedEvent>): Promise<PublishedEvent[]> {
  const events: PublishedEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

const short = (events: readonly PublishedEvent[]) =>
  events.map((event) =>
    event.type === 'result' ? event.reply.status : event.type === 'error' ? event.code : event.type,
  );

it('a stream ends when its run waits for a person', async () => {
  const events = await follow(
    () => replyWith('suspended'),
    (sink) => void sink.send([suspended]),
  );
  expect(short(events)).toEqual(['suspended']);
});

it('a stream sends its last events before the reply when the run ends first', async () => {
  const events = await follow(
    (sink) => {
      sink.send(done);
      sink.end();
      return replyWith('done');
    },
    (sink) => void sink.send([suspended]),
  );
  expect(short(events)).toEqual(['node', 'done']);
});

it('a stream of a server that stops sends no result without its events', async () => {
  const events = await follow(
    () => replyWith('done'),
    (_sink, leave) => setImmediate(leave),
  );
  expect(short(events)).toEqual(['shutting_down']);
});

it('a stream breaks off when the store cannot be read, so that the client reconnects', async () => {
  const events = follow(
    () => {
      throw new HeddleError('storage_failed', 'The disk cannot be read.');
    },
    (sink) => {
      sink.send(done);
      sink.end();
    },
  );
  await expect(events).rejects.toMatchObject({ code: 'storage_failed' });
});
