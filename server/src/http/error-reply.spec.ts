import { expect, it } from '@jest/globals';
import { invalid, toRequestError } from './error-reply.js';

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
