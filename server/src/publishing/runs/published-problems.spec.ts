import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { openPublished } from '../../channels/testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openPublished({ settings: { HEDDLE_BODY_LIMIT: '20kb' } });
});
afterAll(() => server.close());

interface Problem {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly status?: number;
    readonly code?: string;
    readonly type?: string;
    readonly title?: string;
    readonly detail?: string;
  };
}

/** Sends a request, and checks that the reply is a complete problem with its status and the headers of every reply. */
async function problem(path: string, init: RequestInit): Promise<Problem> {
  const response = await fetch(`${server.address}${path}`, init);
  const body = (await response.json()) as Problem['body'];
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(body).toMatchObject({ status: response.status, type: `urn:heddle:error:${body.code}` });
  expect(body.title).not.toBe('');
  return { status: response.status, headers: response.headers, body };
}

const echo = '/v1/workflows/echo';
const json = { 'content-type': 'application/json' };
const large = JSON.stringify({ question: 'x'.repeat(30_000) });

describe('an error of a published workflow is a problem (RFC 9457)', () => {
  it.each<[string, string, RequestInit, number, string]>([
    ['JSON that is none', echo, { body: '{bad', headers: json }, 400, 'bad_json'],
    ['JSON that is no object', echo, { body: '"x"', headers: json }, 400, 'bad_request'],
    ['no body', echo, {}, 422, 'input_missing'],
    [
      'text',
      echo,
      { body: '{"question":"x"}', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    ['a form', echo, { body: new URLSearchParams({ question: 'x' }) }, 415, 'unsupported_media_type'],
    ['XML', echo, { body: '<q/>', headers: { 'content-type': 'application/xml' } }, 415, 'unsupported_media_type'],
    [
      'parts without a boundary',
      echo,
      { body: 'x', headers: { 'content-type': 'multipart/form-data' } },
      400,
      'bad_request',
    ],
    [
      'parts that end early',
      echo,
      { body: '--b\r\n', headers: { 'content-type': 'multipart/form-data; boundary=b' } },
      400,
      'bad_request',
    ],
    [
      'a part that ends early',
      echo,
      {
        body: '--b\r\nContent-Disposition: form-data; name="question"\r\n\r\nx',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      },
      400,
      'bad_request',
    ],
    [
      'a part without a name',
      echo,
      {
        body: '--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      },
      400,
      'bad_request',
    ],
    ['JSON in Latin-1', echo, { body: Buffer.from('{"question":"\xfc"}', 'latin1'), headers: json }, 400, 'bad_json'],
    [
      'JSON in UTF-16',
      echo,
      { body: Buffer.from('\ufeff{"question":"x"}', 'utf16le'), headers: json },
      400,
      'bad_json',
    ],
    [
      'a compressed body',
      echo,
      { body: gzipSync('{"question":"x"}'), headers: { ...json, 'content-encoding': 'gzip' } },
      415,
      'unsupported_media_type',
    ],
    ['too large a body', echo, { body: large, headers: json }, 413, 'payload_too_large'],
    ['another method', echo, { method: 'PUT' }, 405, 'method_not_allowed'],
    ['a method for reading', echo, { method: 'GET' }, 405, 'method_not_allowed'],
    ['a workflow that is not there', '/v1/workflows/none', { body: '{}', headers: json }, 404, 'workflow_not_found'],
    ['an address that is not there', '/v1/workflows/echo/none', { method: 'GET' }, 404, 'not_found'],
    ['a run that is not there', '/v1/runs/none', { method: 'GET' }, 404, 'run_not_found'],
    ['an id that is longer than any', `/v1/runs/${'x'.repeat(400)}`, { method: 'GET' }, 404, 'not_found'],
    ['an address that cannot be decoded', '/v1/workflows/%zz', { body: '{}', headers: json }, 400, 'bad_request'],
    ['a version of words', echo, { body: '{}', headers: { ...json, 'heddle-version': 'last' } }, 400, 'bad_request'],
    ['another origin', echo, { body: '{}', headers: { ...json, origin: 'http://evil.example' } }, 403, 'bad_origin'],
  ])('%s', async (_name, path, init, status, code) => {
    const found = await problem(path, { method: 'POST', ...init });
    expect([found.status, found.body.code]).toEqual([status, code]);
    if (status === 405) expect(found.headers.get('allow')).toBe('OPTIONS, POST');
  });

  it('reads JSON behind a byte order mark, and names the right type when it does not know the one sent', async () => {
    const marked = await server.call('POST', echo, '\ufeff{"question":"x"}');
    expect([marked.status, marked.body.outputs]).toEqual([200, { answer: 'You asked: x' }]);
    for (const encoding of ['identity', 'utf-8', ''])
      expect((await server.call('POST', echo, '{"question":"x"}', { 'content-encoding': encoding })).status).toBe(200);
    const xml = await problem(echo, { method: 'POST', body: '<q/>', headers: { 'content-type': 'application/xml' } });
    expect(xml.body.detail).toContain("with the header 'content-type: application/json'");
  });

  it('answers HEAD like GET without a body, and OPTIONS with the allowed methods, without allowing other origins', async () => {
    const head = await fetch(`${server.address}${echo}/openapi.json`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(`${server.address}${echo}`, { method: 'HEAD' })).status).toBe(405);
    const options = await fetch(`${server.address}${echo}`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'OPTIONS, POST']);
    expect(options.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('reports the same under /api in its own format', async () => {
    const reply = await server.call('PATCH', '/api/workflows', {});
    expect([reply.status, reply.body.error.code, reply.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      'GET, HEAD, OPTIONS, POST',
    ]);
    expect((await server.call('POST', '/api/none', {})).status).toBe(404);
  });

  it('answers a request that is not HTTP, and goes on', async () => {
    const said = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(server.address).port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => (text += String(chunk)));
      socket.on('close', () => resolve(text));
    });
    expect(said).toMatch(/^HTTP\/1\.1 400/);
    expect((await server.call('POST', echo, { question: 'hi' })).status).toBe(200);
  });
});
