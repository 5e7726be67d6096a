import type { HeddleError, SafeResponse, SourceRequest } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createJsonApi, isMissing, type JsonApi, type JsonApiOptions } from './json-api.js';

/** An API whose server gives the same reply to every request. */
function apiOf(
  reply: Partial<SafeResponse> & { readonly text?: string },
  options: Partial<JsonApiOptions> = {},
): JsonApi {
  const fetch: SourceRequest['fetch'] = {
    destination: { name: 'web', clearance: 'internal', isLocal: false },
    fetch: ({ url }) =>
      Promise.resolve({ status: 200, headers: {}, body: new TextEncoder().encode(reply.text ?? '{}'), url, ...reply }),
  };
  const given = { fetch, signal: new AbortController().signal, now: () => 1_000, maxBytes: 100 };
  return createJsonApi(given, { service: 'Test', server: 'https://api.test/v1', ...options });
}

const refusalOf = async (api: JsonApi): Promise<unknown> =>
  api.ask(z.looseObject({}), '/x').catch((error: unknown) => error);

describe('the API of a service', () => {
  it('reports what a refusal means for the sync', async () => {
    const codes: unknown[] = [];
    for (const status of [401, 403, 404, 418, 500, 429])
      codes.push(((await refusalOf(apiOf({ status }))) as HeddleError).code);
    expect(codes).toEqual([
      ...['source_unauthorized', 'source_unauthorized', 'source_failed', 'source_failed'],
      ...['source_unreachable', 'source_rate_limited'],
    ]);
    expect(isMissing(await refusalOf(apiOf({ status: 410 })))).toBe(true);
    expect(isMissing(await refusalOf(apiOf({ status: 403 })))).toBe(false);
  });

  it('waits as long as the service requests, also in a format of its own', async () => {
    const limited = { code: 'source_rate_limited', details: { retryAfterMs: 7_000 } };
    const headers = { 'retry-after': '7' };
    expect(await refusalOf(apiOf({ status: 503, headers }))).toMatchObject(limited);
    expect(await refusalOf(apiOf({ status: 503 }))).toMatchObject({ code: 'source_unreachable' });
    const waitOf: JsonApiOptions['waitOf'] = ({ text }) => (text.includes('slow down') ? 7_000 : undefined);
    expect(await refusalOf(apiOf({ status: 403, text: 'slow down' }, { waitOf }))).toMatchObject(limited);
  });

  it('fails on a page that is cut off or has another form', async () => {
    expect(await refusalOf(apiOf({ text: '{"a": 1' }))).toMatchObject({ code: 'source_unreachable' });
    const error = await apiOf({ text: '{"a": "b"}' })
      .ask(z.object({ a: z.number() }), '/x')
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'source_failed', message: expect.stringContaining('(a: ') });
  });

  it('follows the next page on the same server only', async () => {
    const page = (link: string): Promise<{ readonly next?: string | undefined }> =>
      apiOf({ headers: { link } }).askPage(z.looseObject({}), '/list');
    expect(
      (await page('<https://api.test/v1/list?page=2>; rel="next", <https://api.test/v1/list?page=9>; rel="last"')).next,
    ).toBe('/list?page=2');
    expect((await page('<https://api.test/v1/list>; rel="prev"')).next).toBeUndefined();
    for (const other of ['https://other.test/v1/list', 'https://api.test/v2/list', 'https://api.test/v1.evil'])
      await expect(page(`<${other}>; rel="next"`)).rejects.toMatchObject({ code: 'source_failed' });
  });
});
