import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunBus, StreamEvent } from '@heddle/core';
import { runBusSuite } from '@heddle/core/testing';
import { connectRedis, type RedisConnections } from '../redis/connect-redis.js';
import { redisMissing, startRedis, type TestRedis } from '../testing/redis-server.js';
import { wallClock } from '../testing/wall-clock.js';
import { createRedisBus } from './redis-bus.js';
import { labelGuard } from './label-guard.js';

const missing = redisMissing();

(missing === undefined ? describe : describe.skip)(
  `the bus on Redis${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let server: TestRedis;
    const opened: { readonly redis: RedisConnections; readonly bus: RunBus }[] = [];
    const open = async (): Promise<RunBus> => {
      const redis = await connectRedis({ url: server.url });
      const bus = createRedisBus(redis, { clock: wallClock, prefix: 'test' });
      opened.push({ redis, bus });
      return bus;
    };
    beforeAll(async () => {
      server = await startRedis();
    }, 60_000);
    afterEach(async () => {
      for (const { redis, bus } of opened.splice(0)) {
        await bus.close();
        await redis.close();
      }
    });
    afterAll(() => server?.close());

    for (const promise of runBusSuite) it(promise.name, () => promise.run({ open, newId: randomUUID }), 60_000);

    it('limits each stream in time and in length', async () => {
      const bus = await open();
      const runId = randomUUID();
      for (let seq = 1; seq <= 5; seq += 1)
        bus.publish(runId, [{ type: 'run-resume', runId, seq, time: 1, reason: 'timer' }]);
      const ended = randomUUID();
      bus.publish(ended, [{ type: 'run-end', runId: ended, seq: 1, time: 1, status: 'done' }]);
      await bus.close();
      const redis = opened[0]?.redis.prompt();
      const seconds = await redis?.ttl(`test:run:${runId}`);
      expect(seconds).toBeGreaterThan(500);
      expect(seconds).toBeLessThanOrEqual(600);
      const secondsAfterEnd = await redis?.ttl(`test:run:${ended}`);
      expect(secondsAfterEnd).toBeGreaterThan(0);
      expect(secondsAfterEnd).toBeLessThanOrEqual(60);
      const many = opened[0]?.redis.prompt().pipeline();
      for (let entry = 0; entry < 2_000; entry += 1) many?.xadd(`test:run:${runId}`, '*', 'b', 'gap');
      await many?.exec();
      const another = await open();
      another.publish(runId, [{ type: 'run-resume', runId, seq: 6, time: 1, reason: 'timer' }]);
      await another.close();
      const length = await redis?.xlen(`test:run:${runId}`);
      expect(length).toBeGreaterThanOrEqual(1_000);
      // Redis removes whole nodes of 100 entries.
      expect(length).toBeLessThanOrEqual(1_100);
    });

    it('lets the stream of an ended run expire soon, even when the end is above the label limit', async () => {
      const redis = await connectRedis({ url: server.url });
      const bus = createRedisBus(redis, { clock: wallClock, prefix: 'test', highest: 'public' });
      opened.push({ redis, bus });
      const runId = randomUUID();
      bus.publish(runId, [{ type: 'run-end', runId, seq: 1, time: 1, status: 'done' }]);
      await bus.close();
      const entries = await redis.prompt().xrange(`test:run:${runId}`, '-', '+');
      expect(entries.map(([, fields]) => fields[1])).toEqual(['gap']);
      expect(await redis.prompt().ttl(`test:run:${runId}`)).toBeLessThanOrEqual(60);
    });

    it('reports a gap to watchers after the server was away, and delivers nothing that was published meanwhile', async () => {
      const sender = await open();
      const reader = await open();
      const runId = randomUUID();
      const seqs: number[] = [];
      let gaps = 0;
      reader.watch(runId, {
        onEvents: (events) => seqs.push(...events.flatMap((event) => ('seq' in event ? [event.seq] : []))),
        onGap: () => (gaps += 1),
      });
      const publish = (seq: number): void =>
        sender.publish(runId, [{ type: 'run-resume', runId, seq, time: 1, reason: 'timer' }]);
      const reached = async (what: () => boolean): Promise<void> => {
        while (!what()) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      publish(1);
      await reached(() => seqs.includes(1));
      await server.kill();
      publish(2);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await server.begin();
      await reached(() => gaps > 0);
      for (let seq = 3; !seqs.some((got) => got > 2); seq += 1) {
        publish(seq);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      expect(seqs).not.toContain(2);
    }, 60_000);
  },
);

describe('events on the bus', () => {
  const base = { runId: 'r', time: 1, path: 'a', attempt: 1 } as const;
  const label = (level: 'public' | 'internal' | 'confidential') => ({ level, marks: [] });
  const delta = (level?: 'public' | 'internal' | 'confidential'): StreamEvent => ({
    ...base,
    type: 'node-delta',
    port: 'text',
    offset: 0,
    delta: 'x',
    ...(level === undefined ? {} : { label: label(level) }),
  });
  const end = (level: 'public' | 'confidential'): StreamEvent => ({
    ...base,
    type: 'node-end',
    seq: 1,
    started: 1,
    outputs: { a: { value: 1, label: label('public') }, b: { value: 2, label: label(level) } },
  });

  it('are all sent without a limit, and only up to a label with one', () => {
    expect(labelGuard(undefined)(delta('confidential'))).toBe(true);
    const guard = labelGuard('internal');
    expect(
      [delta('public'), delta('internal'), end('public'), { ...base, type: 'node-start', seq: 1 } as const].map(guard),
    ).toEqual([...[true, true, true, true]]);
    const pause: StreamEvent = { type: 'run-pause', runId: 'r', seq: 1, time: 1, reason: 'a secret' };
    expect([delta('confidential'), delta(), end('confidential'), pause].map(guard)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
