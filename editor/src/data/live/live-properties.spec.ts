import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createFakeSocket } from '../testing/fake-socket.js';
import { createLiveClient } from './live-client.js';

const event = (seq: number) => ({ seq, time: 0, type: 'node-start', runId: 'r', path: `n${seq}` });

/** What happens on the way: events arrive again, out of order or not at all, the connection breaks, and the server asks to watch again. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), from: fc.nat({ max: 40 }), count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constantFrom('break' as const, 'resync' as const, 'lost' as const, 'replay' as const) }),
);

describe('a run that is watched', () => {
  it('gives each event once and in order, whatever happens on the way, and all of them in the end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const socket = createFakeSocket();
        const live = createLiveClient(socket);
        const seen: number[] = [];
        live.watchRun('r', 0, {
          onEvents: (events) => seen.push(...events.map((one) => (one as { seq: number }).seq)),
        });
        const last = 50;
        const all = Array.from({ length: last }, (_none, index) => event(index + 1));
        const replay = (): void => {
          const after = socket.requests.at(-1)?.after ?? 0;
          socket.answer();
          socket.send('run:r', all.slice(after));
        };
        socket.connect();
        for (const one of steps) {
          if (one.kind === 'send') socket.send('run:r', all.slice(one.from, one.from + one.count));
          else if (one.kind === 'break') {
            socket.disconnect();
            socket.connect();
          } else if (one.kind === 'resync') socket.resync('run:r', 0);
          else if (one.kind === 'lost') socket.answer(undefined);
          else replay();
        }
        socket.disconnect();
        socket.connect();
        expect(socket.requests.at(-1)?.after).toBe(seen.length);
        replay();
        expect(seen).toEqual(all.map(({ seq }) => seq));
      }),
    );
  });

  it('gives nothing more to a watcher that left, and leaves the topic with its last watcher only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.nat({ max: 4 }), (count, leaving) => {
        const socket = createFakeSocket();
        const live = createLiveClient(socket);
        socket.connect();
        const heard = Array.from({ length: count }, () => 0);
        const ends = heard.map((_none, index) =>
          live.watchTopic('runs', { onEvents: () => (heard[index] = (heard[index] ?? 0) + 1) }),
        );
        const left = Math.min(leaving, count);
        for (const end of ends.slice(0, left)) end();
        socket.send('runs', [{}]);
        expect(heard).toEqual(heard.map((_none, index) => (index < left ? 0 : 1)));
        expect(socket.left).toEqual(left === count ? ['runs'] : []);
      }),
    );
  });
});

describe('watched topics after a lost connection', () => {
  it('are all watched again, each after its last event', () => {
    const socket = createFakeSocket();
    const live = createLiveClient(socket);
    live.watchRun('r', 0, { onEvents: () => undefined });
    live.watchTopic('runs', { onEvents: () => undefined });
    socket.connect();
    socket.answer();
    socket.answer();
    socket.send('run:r', [event(1), event(2)]);
    socket.disconnect();
    socket.connect();
    expect(socket.requests.slice(-2)).toEqual([
      { topic: 'run:r', after: 2 },
      { topic: 'runs', after: undefined },
    ]);
  });

  it('are not watched again if they were left meanwhile', () => {
    const socket = createFakeSocket();
    const live = createLiveClient(socket);
    socket.connect();
    const end = live.watchTopic('runs', { onEvents: () => undefined });
    socket.disconnect();
    end();
    const before = socket.requests.length;
    socket.connect();
    expect([socket.requests.length, socket.left]).toEqual([before, []]);
  });

  it('report a late refusal to no watcher that left', () => {
    const socket = createFakeSocket();
    const live = createLiveClient(socket);
    socket.connect();
    const refused: string[] = [];
    const end = live.watchTopic('runs', {
      onEvents: () => undefined,
      onRefused: ({ code }) => void refused.push(code),
    });
    end();
    socket.answer({ ok: false, error: { code: 'forbidden', message: 'No.' } } as never);
    expect(refused).toEqual([]);
  });

  it('report each change of the connection once, until the watcher stops', () => {
    const socket = createFakeSocket();
    const live = createLiveClient(socket);
    const heard: boolean[] = [];
    const end = live.onConnection((isConnected) => void heard.push(isConnected));
    socket.connect();
    socket.connect();
    socket.disconnect();
    end();
    socket.connect();
    expect([heard, live.isConnected]).toEqual([[true, false], true]);
  });
});
