import { expect, it } from '@jest/globals';
import { toRedisError } from './redis-error.js';

it('names the remedy when Redis is away, without the advice of its client', () => {
  const away = 'Redis at queue:6379 does not answer: check that it runs, and its address.';
  const offline = "Stream isn't writeable and enableOfflineQueue options is false";
  expect(toRedisError(new Error(offline), 'queue:6379')).toMatchObject({ code: 'queue_unreachable', message: away });
  expect(toRedisError(new Error('connect ECONNREFUSED'), 'queue:6379').message).toBe(`${away} (connect ECONNREFUSED)`);
});
