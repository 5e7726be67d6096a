import { expect, it } from '@jest/globals';
import { toRedisError } from './redis-error.js';

it('says what to do where Redis is away, and not what its client says of its own options', () => {
  const away = 'Redis at queue:6379 does not answer: check that it runs, and its address.';
  const offline = "Stream isn't writeable and enableOfflineQueue options is false";
  expect(toRedisError(new Error(offline), 'queue:6379')).toMatchObject({ code: 'queue_unreachable', message: away });
  expect(toRedisError(new Error('connect ECONNREFUSED'), 'queue:6379').message).toBe(`${away} (connect ECONNREFUSED)`);
});
