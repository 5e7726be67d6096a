import { afterEach, describe, expect, it } from '@jest/globals';
import { redisMissing, startRedis, type TestRedis } from '../testing/redis-server.js';
import { checkRedis } from './check-redis.js';
import { connectRedis } from './connect-redis.js';
import { toRedisError } from './redis-error.js';

describe('connecting to Redis', () => {
  it.each(['', 'queue:6379', 'http://queue', 'redis://', 'redis:///0'])('refuses the address %p', async (url) => {
    await expect(connectRedis({ url })).rejects.toMatchObject({ code: 'setting_invalid' });
  });

  it('reports that no server answers, without the password', async () => {
    const refused = await connectRedis({ url: 'redis://:canary@127.0.0.1:1' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'queue_unreachable', retryable: true });
    expect(String(refused)).not.toContain('canary');
  });

  it.each([
    ['redis_version:6.0.16\r\nmaxmemory_policy:noeviction', 'Redis 6.2'],
    ['redis_version:7.0.15\r\nmaxmemory_policy:allkeys-lru', 'maxmemory-policy noeviction'],
    ['redis_version:7.0.15\r\nmaxmemory_policy:volatile-ttl', 'maxmemory-policy noeviction'],
    ['redis_version:7.2.4\r\nrole:slave', 'primary'],
    ['redis_version:7.2.4\r\ncluster_enabled:1', 'Redis Cluster'],
    ['', 'Redis 6.2'],
  ])('refuses a server that says %p', (info, advice) => {
    expect(() => checkRedis(info, 'queue')).toThrow(
      expect.objectContaining({ code: 'queue_unsuitable', message: expect.stringContaining(advice) }),
    );
  });

  it.each([
    ['ReplyError', 'WRONGPASS invalid username-password pair', 'queue_refused'],
    ['ReplyError', "NOPERM User app has no permissions to run the 'evalsha' command", 'queue_refused'],
    ['ReplyError', "OOM command not allowed when used memory > 'maxmemory'.", 'queue_failed'],
    ['ReplyError', 'LOADING Redis is loading the dataset in memory', 'queue_unreachable'],
    ['ReplyError', 'ERR unknown command', 'queue_failed'],
    ['Error', 'Connection is closed.', 'queue_unreachable'],
    ['TypeError', 'x is not a function', 'internal'],
  ])('maps a %s "%s" to its code', (name, message, code) => {
    const error = name === 'TypeError' ? new TypeError(message) : Object.assign(new Error(message), { name });
    expect(toRedisError(error, 'queue')).toMatchObject({ code });
  });
});

const missing = redisMissing();
(missing === undefined ? describe : describe.skip)(
  `a real Redis${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let server: TestRedis | undefined;
    afterEach(() => server?.close());

    it('refuses a server that may evict keys, and names the setting to change', async () => {
      server = await startRedis(['--maxmemory-policy', 'allkeys-lru']);
      await expect(connectRedis({ url: server.url })).rejects.toMatchObject({
        code: 'queue_unsuitable',
        message: expect.stringContaining('set maxmemory-policy noeviction') as unknown,
      });
    });

    it('notices that a server without memory refuses writes, and that it accepts them again', async () => {
      server = await startRedis();
      const redis = await connectRedis({ url: server.url });
      await redis.check();
      await redis.prompt().config('SET', 'maxmemory', '1');
      await expect(redis.check()).rejects.toMatchObject({
        code: 'queue_failed',
        message: expect.stringContaining('has no memory left') as unknown,
      });
      await redis.prompt().config('SET', 'maxmemory', '0');
      await redis.check();
      await redis.close();
    });

    it('refuses a wrong password without naming it', async () => {
      server = await startRedis(['--requirepass', 'right']);
      const address = (password: string): string => `redis://:${password}@127.0.0.1:${server?.port}`;
      for (const url of [address('canary'), server.url]) {
        const refused = await connectRedis({ url }).catch((error: unknown) => error);
        expect(refused).toMatchObject({ code: 'queue_refused' });
        expect(String(refused)).not.toContain('canary');
      }
      await (await connectRedis({ url: address('right') })).close();
    });
  },
);
