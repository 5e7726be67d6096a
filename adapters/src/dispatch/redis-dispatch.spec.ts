import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Dispatch } from '@heddle/core';
import { dispatchSuite } from '@heddle/core/testing';
import { connectRedis, type RedisConnections } from '../redis/connect-redis.js';
import { redisMissing, startRedis, type TestRedis } from '../testing/redis-server.js';
import { createRedisDispatch } from './redis-dispatch.js';

const missing = redisMissing();
const times = { lockMs: 3_000, stalledMs: 500 };

(missing === undefined ? describe : describe.skip)(
  `hints on Redis${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let server: TestRedis;
    let prefix = '';
    const opened: { readonly redis: RedisConnections; readonly dispatch: Dispatch }[] = [];
    const open = async (): Promise<Dispatch> => {
      const redis = await connectRedis({ url: server.url });
      const dispatch = await createRedisDispatch(redis, { prefix, times });
      opened.push({ redis, dispatch });
      return dispatch;
    };
    beforeAll(async () => {
      server = await startRedis();
    }, 60_000);
    beforeEach(() => {
      prefix = `test-${randomUUID()}`;
    });
    afterEach(async () => {
      for (const { redis, dispatch } of opened.splice(0)) {
        await dispatch.close();
        await redis.close();
      }
    });
    afterAll(() => server?.close());

    for (const promise of dispatchSuite) it(promise.name, () => promise.run({ open }), 60_000);

    it('reports at once that the server is away, and continues by itself when it is back', async () => {
      const sender = await open();
      const worker = await open();
      const got: string[] = [];
      worker.receive({ classes: ['cpu'], slots: 1, onHint: ({ runId }) => Promise.resolve(void got.push(runId)) });
      await sender.send([{ runId: 'before', class: 'cpu', epoch: 0 }]);
      while (!got.includes('before')) await new Promise((resolve) => setTimeout(resolve, 10));
      await server.kill();
      await expect(sender.send([{ runId: 'lost', class: 'cpu', epoch: 0 }])).rejects.toMatchObject({
        code: 'queue_unreachable',
        retryable: true,
      });
      await expect(sender.waiting('cpu')).rejects.toMatchObject({ code: 'queue_unreachable' });
      await server.begin();
      for (let number = 0; !got.some((runId) => runId.startsWith('after')); number += 1) {
        await sender.send([{ runId: `after-${number}`, class: 'cpu', epoch: 0 }]).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }, 60_000);
  },
);
