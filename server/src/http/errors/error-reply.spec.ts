import { expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { invalid, nothingAt, retryAfterOf, toRequestError } from './error-reply.js';

it('ends the message about an invalid request with one full stop', () => {
  for (const message of ['Give path and port', 'Give path and port.'])
    expect(invalid([{ message }]).message).toBe('The request is not valid: Give path and port.');
});

it('points from an unknown address to the list of routes', () => {
  const missed = Object.assign(new Error('Cannot POST /v1/responses'), { status: 404 });
  expect(toRequestError(missed)).toMatchObject({
    code: 'not_found',
    message: 'There is nothing at POST /v1/responses: GET /api/openapi.json lists all paths.',
  });
});

it.each([
  ['GET /api/asks?run=r', 'GET /api/human-inputs?run=r'],
  ['POST /api/runs/r1/asks/a1', 'POST /api/runs/r1/human-inputs/a1'],
  ['DELETE /api/stops/tool%3Amail', 'DELETE /api/kill-switches/tool%3Amail'],
])('names the new path for %s', (old, now) => {
  const missed = Object.assign(new Error(`Cannot ${old}`), { status: 404 });
  expect(toRequestError(missed)).toMatchObject({ code: 'renamed', message: expect.stringContaining(`use ${now}.`) });
});

it.each(['GET /api/asksome', 'GET /api/runs/asks', 'GET /x/api/stops'])('names no new path for %s', (request) =>
  expect(nothingAt(request).code).toBe('not_found'),
);

it('says when to retry a temporary error, after five seconds by default', () => {
  const waits = [
    new HeddleError('busy', 'x', { details: { retryAfterSeconds: 2 } }),
    new HeddleError('storage_failed', 'x'),
    new HeddleError('bad_request', 'x'),
  ].map(retryAfterOf);
  expect(waits).toEqual([2, 5, undefined]);
});

it('names the first twenty problems of a request, and counts the others', () => {
  const issues = Array.from({ length: 650_000 }, (_, at) => ({ path: ['k', at], message: 'x'.repeat(1_000) }));
  const { message, details } = invalid(issues);
  expect(details).toMatchObject({ more: 649_980 });
  expect(details?.['issues']).toHaveLength(20);
  expect(message).toMatch(
    /^The request is not valid: k\.0: x+ \(with 19 other problems named .*, and 649980 more\)\.$/,
  );
  expect(JSON.stringify(details).length).toBeLessThan(20_000);
});
