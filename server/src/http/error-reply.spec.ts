import { expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { invalid, retryAfterOf, toRequestError } from './error-reply.js';

it('ends what is not valid with one full stop', () => {
  for (const message of ['Give path and port', 'Give path and port.'])
    expect(invalid([{ message }]).message).toBe('The request is not valid: Give path and port.');
});

it('says of an address that no route has where the routes stand', () => {
  const missed = Object.assign(new Error('Cannot POST /v1/responses'), { status: 404 });
  expect(toRequestError(missed)).toMatchObject({
    code: 'not_found',
    message: 'There is nothing at POST /v1/responses: GET /api/openapi.json lists what there is.',
  });
});

it('says after how long to try again what cannot be now, five seconds where nobody knows better', () => {
  const waits = [
    new HeddleError('busy', 'x', { details: { retryAfterSeconds: 2 } }),
    new HeddleError('storage_failed', 'x'),
    new HeddleError('bad_request', 'x'),
  ].map(retryAfterOf);
  expect(waits).toEqual([2, 5, undefined]);
});
