import { describe, expect, it } from '@jest/globals';
import { ToolServer } from '@heddle/core';
import { createSignedFetch } from './signed-fetch.js';

const server = ToolServer.parse({ id: 's', transport: { kind: 'http', url: 'https://tools.example/mcp', oauth: {} } });

describe('a fetch with the token of a sign-in', () => {
  function open(replies: readonly Response[]) {
    const sent: (string | null)[] = [];
    const wanted: (string | undefined)[] = [];
    const left = [...replies];
    const fetch = createSignedFetch(
      (_address, init) => {
        sent.push(new Headers(init?.headers).get('authorization'));
        return Promise.resolve(left.shift() ?? new Response());
      },
      server,
      {
        token: () => Promise.resolve('old'),
        renew: () => Promise.resolve('new'),
        needsMore: (_server, scope) => void wanted.push(scope),
      },
      () => undefined,
    );
    return { sent, wanted, call: () => fetch('https://tools.example/mcp') };
  }
  const refused = (status: number, challenge: string): Response =>
    new Response('{}', { status, headers: { 'www-authenticate': challenge } });

  it('renews a refused token once', async () => {
    const { sent, call } = open([refused(401, 'Bearer'), new Response('ok')]);
    expect(await (await call()).text()).toBe('ok');
    expect(sent).toEqual(['Bearer old', 'Bearer new']);
    await expect(open([refused(401, 'Bearer'), refused(401, 'Bearer')]).call()).rejects.toMatchObject({
      code: 'mcp_sign_in',
    });
  });

  it('requires a sign-in with the scopes that a call needs, and does not retry by itself', async () => {
    const { sent, wanted, call } = open([refused(403, 'Bearer error="insufficient_scope", scope="a b"')]);
    await expect(call()).rejects.toMatchObject({ code: 'mcp_sign_in', message: expect.stringContaining('a b') });
    expect([sent, wanted]).toEqual([['Bearer old'], ['a b']]);
  });

  it('returns any other refusal to its caller', async () => {
    expect((await open([refused(403, 'Bearer')]).call()).status).toBe(403);
  });
});
