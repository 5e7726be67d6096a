import { describe, expect, it } from '@jest/globals';
import type { StreamEvent } from '@heddle/core';
import { createLiveClient } from './live-client.js';
import { createFakeSocket } from '../testing/fake-socket.js';

const started = (seq: number): StreamEvent => ({
  type: 'node-start',
  runId: 'r',
  seq,
  time: seq,
  path: 'a',
  attempt: 1,
});
const delta = (offset: number): StreamEvent => ({
  type: 'node-delta',
  runId: 'r',
  time: 1,
  path: 'a',
  attempt: 1,
  port: 'text',
  offset,
  delta: 'x',
});
const seqsOf = (events: readonly StreamEvent[]): number[] =>
  events.flatMap((event) => ('seq' in event ? [event.seq] : []));

function setup() {
  const socket = createFakeSocket();
  const client = createLiveClient(socket);
  const got: StreamEvent[] = [];
  const refused: string[] = [];
  const stop = client.watchRun('r', 0, {
    onEvents: (events) => got.push(...events),
    onRefused: (error) => refused.push(error.code),
  });
  return { socket, client, got, refused, stop };
}

describe('live client', () => {
  it('watches as soon as it is connected, and passes events on in order', () => {
    const { socket, got } = setup();
    expect(socket.requests).toEqual([]);
    socket.connect();
    expect(socket.requests).toEqual([{ topic: 'run:r', after: 0 }]);
    socket.send('run:r', [started(1), delta(0), started(2)]);
    expect(got).toEqual([started(1), delta(0), started(2)]);
  });

  it('watches after its last seq when a lost connection comes back, and drops events that it already has', () => {
    const { socket, got } = setup();
    socket.connect();
    socket.send('run:r', [started(1), started(2), started(3)]);
    socket.disconnect();
    socket.connect();
    expect(socket.requests.at(-1)).toEqual({ topic: 'run:r', after: 3 });
    socket.send('run:r', [started(2), started(3), started(4)]);
    expect(seqsOf(got)).toEqual([1, 2, 3, 4]);
  });

  it('fills a gap by watching again once, and drops events from beyond the gap', () => {
    const { socket, got } = setup();
    socket.connect();
    socket.answer();
    socket.send('run:r', [started(1), started(4), delta(0)]);
    socket.send('run:r', [started(5)]);
    expect(seqsOf(got)).toEqual([1]);
    expect(socket.requests).toEqual([
      { topic: 'run:r', after: 0 },
      { topic: 'run:r', after: 1 },
    ]);
    socket.answer();
    socket.send('run:r', [started(2), started(3), started(4), started(5)]);
    expect(seqsOf(got)).toEqual([1, 2, 3, 4, 5]);
  });

  it('watches again from its own last seq when the server asks for a resync', () => {
    const { socket, got } = setup();
    socket.connect();
    socket.send('run:r', [started(1), started(2)]);
    socket.resync('run:r', 1);
    expect(socket.requests.at(-1)).toEqual({ topic: 'run:r', after: 2 });
    socket.send('run:r', [started(3)]);
    expect(seqsOf(got)).toEqual([1, 2, 3]);
  });

  it('watches again when no acknowledgement comes, and reports a refusal', () => {
    const { socket, refused } = setup();
    socket.connect();
    socket.answer(undefined);
    expect(socket.requests).toHaveLength(2);
    socket.answer({ ok: false, error: { code: 'run_not_found', message: 'There is no such run.' } });
    expect(refused).toEqual(['run_not_found']);
  });

  it('leaves the topic with its last watcher, and passes on nothing afterwards', () => {
    const { socket, client, got, stop } = setup();
    socket.connect();
    const stopOther = client.watchRun('r', 0, { onEvents: () => undefined });
    stop();
    expect(socket.left).toEqual([]);
    stopOther();
    expect(socket.left).toEqual(['run:r']);
    socket.send('run:r', [started(1)]);
    expect(got).toEqual([]);
  });

  it('reports each change of the connection once', () => {
    const { socket, client } = setup();
    const seen: boolean[] = [];
    client.onConnection((isConnected) => seen.push(isConnected));
    socket.disconnect();
    socket.connect();
    socket.connect();
    socket.disconnect();
    expect(seen).toEqual([true, false]);
  });
});
