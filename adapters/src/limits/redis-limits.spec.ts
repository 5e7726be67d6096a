import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SharedLimits } from '@heddle/core';
import { sharedLimitsSuite } from '@heddle/core/testing';
import { connectRedis, type RedisConnections } from '../redis/connect-redis.js';
import { redisMissing, startRedis, type TestRedis } from '../testing/redis-server.js';
import { createRedisLimits } from './redis-limits.js';

const missing = redisMissing();

(missing === undefined ? describe : describe.skip)(
  `limits on Redis${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let server: TestRedis;
    const opened: RedisConnections[] = [];
    const open = async (): Promise<SharedLimits> => {
      const redis = await connectRedis({ url: server.url });
      opened.push(redis);
      return createRedisLimits(redis, { prefix: 'test', processes: () => 3 });
    };
    beforeAll(async () => {
      server = await startRedis();
    }, 60_000);
    afterAll(async () => {
      for (const redis of opened) await redis.close();
      await server?.close();
    });

    for (const promise of sharedLimitsSuite) it(promise.name, () => promise.run({ open, newKey: randomUUID }), 60_000);

    it('gives each process its share while Redis is away, and shares the limit again when it is back', async () => {
      const limits = await open();
      const key = randomUUID();
      const paused = randomUUID();
      const limit = { points: 10, seconds: 600 };
      await server.kill();
      await limits.pause(paused, limit, 60_000);
      const taken = [];
      for (let time = 0; time < 6; time += 1) taken.push(await limits.take(key, limit));
      expect(taken.map(({ isAllowed }) => isAllowed)).toEqual([true, true, true, false, false, false]);
      expect(await limits.take(paused, limit)).toMatchObject({ isAllowed: false });
      await server.begin();
      for (let remaining = 0; remaining < 4;) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        ({ remaining } = await limits.take(randomUUID(), limit));
      }
    }, 60_000);
  },
);
