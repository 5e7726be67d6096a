import { describe, expect, it } from '@jest/globals';
import { runNode } from '@heddle/core/testing';
import { http } from './http.node.js';
import { web } from '../testing/fake-resources.js';

describe('http', () => {
  it('fills address, headers and body, encodes values in the address, and sends an idempotency key', async () => {
    const fetch = web(() => ({ text: '{"ok":true}', headers: { 'content-type': 'application/json; charset=utf-8' } }));
    const run = await runNode(http, {
      config: {
        method: 'POST',
        url: 'https://a.example/{{ id }}?q={{ q }}',
        headers: [{ name: 'X-Trace', value: 't-{{ id }}' }],
        body: { kind: 'json', json: { n: '{{ n }}' } },
        auth: { kind: 'bearer', secret: 'token' },
      },
      inputs: { id: '../a b', q: 'x&y=1#', n: 3 },
      secrets: ['token'],
      resources: { fetch },
    });
    expect(fetch.requests).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: 'https://a.example/..%2Fa%20b?q=x%26y%3D1%23',
        body: '{"n":3}',
        headers: {
          'content-type': 'application/json',
          'x-trace': 't-../a b',
          'idempotency-key': 'key-of-request',
        },
        signIn: { secret: { name: 'token' }, header: 'authorization', scheme: 'bearer' },
      }),
    ]);
    expect(run.outputs).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"ok":true}',
      json: { ok: true },
    });
    expect(run.label.marks).toEqual(['untrusted']);
  });

  it('does not repeat a request whose reply is in the journal', async () => {
    const fetch = web(() => ({ text: 'one' }));
    const steps = new Map<string, unknown>();
    for (const _time of [1, 2])
      expect(
        (await runNode(http, { config: { url: 'https://a.example/' }, resources: { fetch }, steps })).outputs['body'],
      ).toBe('one');
    expect(fetch.requests).toHaveLength(1);
  });

  it('takes a whole address from one placeholder, signs in with user and password or a header, and sends forms', async () => {
    const fetch = web(() => ({}));
    await runNode(http, { inputs: { url: 'https://a.example/x?y=1' }, resources: { fetch } });
    await runNode(http, {
      config: {
        method: 'PUT',
        url: 'https://a.example/',
        body: { kind: 'form', json: { a: '{{ a }}', n: 2 } },
        auth: { kind: 'basic', secret: 'p', user: 'ü' },
      },
      inputs: { a: '1&2' },
      secrets: ['p'],
      resources: { fetch },
    });
    await runNode(http, {
      config: { url: 'https://a.example/', auth: { kind: 'header', secret: 'p' } },
      secrets: ['p'],
      resources: { fetch },
    });
    expect(fetch.requests[0]).toMatchObject({ url: 'https://a.example/x?y=1', method: 'GET', headers: {} });
    expect(fetch.requests[1]).toMatchObject({
      body: 'a=1%262&n=2',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
      },
      signIn: { secret: { name: 'p' }, header: 'authorization', scheme: 'basic', user: 'ü' },
    });
    expect(fetch.requests[2]).toMatchObject({
      headers: {},
      signIn: { secret: { name: 'p' }, header: 'x-api-key', scheme: 'plain' },
    });
  });

  it('fails on an error status, retryable or not, or returns it', async () => {
    for (const [status, retryable] of [
      [404, false],
      [429, true],
      [503, true],
    ] as const) {
      const fetch = web(() => ({ status, text: 'sorry' }));
      const error = runNode(http, { config: { url: 'https://a.example/x?key=secret' }, resources: { fetch } });
      await expect(error).rejects.toMatchObject({
        code: 'fetch_status',
        retryable,
        message: `GET https://a.example/x answered with status ${status}: sorry`,
      });
      expect(
        (await runNode(http, { config: { url: 'https://a.example/', onStatus: 'give' }, resources: { fetch } }))
          .outputs,
      ).toMatchObject({ status, body: 'sorry' });
    }
  });

  it('does not journal a retryable failure', async () => {
    const steps = new Map<string, unknown>();
    let status = 503;
    const fetch = web(() => ({ status, text: 'x' }));
    await expect(
      runNode(http, { config: { url: 'https://a.example/' }, resources: { fetch }, steps }),
    ).rejects.toMatchObject({ retryable: true });
    status = 200;
    expect(
      (await runNode(http, { config: { url: 'https://a.example/' }, resources: { fetch }, steps })).outputs['status'],
    ).toBe(200);
  });

  it('stores a reply that is not text as a file, reads other charsets, and refuses invalid JSON', async () => {
    const blobs = {
      get: () => Promise.reject(new Error('unused')),
      has: async () => false,
      put: async (content: Uint8Array, { name, mediaType }: { name: string; mediaType: string }) => ({
        id: 'sha256:1',
        name,
        mediaType,
        size: content.length,
      }),
    };
    const image = web(() => ({ headers: { 'content-type': 'image/png' }, body: Uint8Array.of(1, 2) }));
    expect(
      (await runNode(http, { config: { url: 'https://a.example/p%C3%A9.png' }, resources: { fetch: image, blobs } }))
        .outputs['file'],
    ).toEqual({ id: 'sha256:1', name: 'pé.png', mediaType: 'image/png', size: 2 });
    const latin = web(() => ({
      headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
      body: Uint8Array.of(0xe9),
    }));
    expect(
      (await runNode(http, { config: { url: 'https://a.example/' }, resources: { fetch: latin } })).outputs['body'],
    ).toBe('é');
    await expect(
      runNode(http, {
        config: { url: 'https://a.example/', reply: 'json' },
        resources: { fetch: web(() => ({ text: '<html>' })) },
      }),
    ).rejects.toMatchObject({ code: 'json_invalid' });
  });

  it('names the secret and its address, if the document has a fixed address', () => {
    const references = (url: string) =>
      http.references?.(http.config.parse({ url, auth: { kind: 'bearer', secret: 'p' } }))[1];
    expect(references('https://API.example.com:8443/{{ id }}')).toMatchObject({
      kind: 'secret',
      id: 'p',
      address: 'https://api.example.com:8443',
    });
    for (const url of ['{{ url }}', 'https://{{ host }}/x', 'https://a.example.com{{ rest }}'])
      expect(references(url)).not.toHaveProperty('address');
  });

  it('refuses header injection, headers of the connection, and sign-in without a secret', async () => {
    const run = (config: Record<string, unknown>, inputs: Record<string, unknown> = {}) =>
      runNode(http, {
        config: { url: 'https://a.example/', ...config },
        inputs,
        resources: { fetch: web(() => ({})) },
      });
    await expect(run({ headers: [{ name: 'x-a', value: '{{ v }}' }] }, { v: 'a\r\nx-b: c' })).rejects.toMatchObject({
      code: 'template_invalid',
    });
    for (const config of [
      { headers: [{ name: 'Host', value: 'x' }] },
      { headers: [{ name: 'a b', value: 'x' }] },
      { auth: { kind: 'bearer' } },
      { auth: { kind: 'header', secret: 's', header: 'Host' } },
      { body: { kind: 'text', text: 'x' } },
      { method: 'POST', body: { kind: 'json', json: { a: '{{ }}' } } },
    ]) {
      await expect(run(config)).rejects.toMatchObject({ code: 'workflow_invalid' });
    }
    await expect(run({ auth: { kind: 'bearer', secret: 'gone' } })).rejects.toMatchObject({ code: 'secret_not_found' });
  });
});
