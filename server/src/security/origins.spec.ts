import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { hostCorpus, originCorpus } from './testing/corpus.js';
import { rawRequest, statusOf } from './testing/raw-request.js';

describe('Host, Origin and the socket', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  const host = () => new URL(server.address).host;

  it('answer no host name but that of the server, on any path', async () => {
    const hits: string[] = [];
    for (const name of hostCorpus)
      for (const path of ['/api/health', '/api/workflows', '/v1/models', '/'])
        if (
          statusOf(await rawRequest(server.address, [`GET ${path} HTTP/1.1`, `host: ${name}`, 'connection: close'])) <
          400
        )
          hits.push(`${name} ${path}`);
    expect(hits).toEqual([]);
    const lines = ['GET /api/health HTTP/1.1', `host: ${host()}`, 'connection: close'];
    expect(statusOf(await rawRequest(server.address, lines))).toBe(200);
  });

  it('answer neither two Host headers nor none, nor a host of an absolute address', async () => {
    for (const lines of [
      ['GET /api/health HTTP/1.1', `host: ${host()}`, 'host: evil.example'],
      ['GET /api/health HTTP/1.1', 'host: evil.example', `host: ${host()}`],
      ['GET /api/health HTTP/1.1'],
      ['GET /api/health HTTP/1.1', 'host:'],
      ['GET /api/health HTTP/1.1', 'host: evil.example', `x-forwarded-host: ${host()}`],
      ['GET /api/health HTTP/1.1', 'host: evil.example', `forwarded: host=${host()}`],
      ['GET http://evil.example/api/health HTTP/1.1', 'host: evil.example'],
    ])
      expect([lines, statusOf(await rawRequest(server.address, [...lines, 'connection: close'])) >= 400]).toEqual([
        lines,
        true,
      ]);
  });

  it('let no other site read or change anything', async () => {
    const hits: string[] = [];
    for (const origin of originCorpus(server.address))
      for (const [method, path] of [
        ['GET', '/api/workflows'],
        ['POST', '/api/projects'],
        ['OPTIONS', '/api/workflows'],
        ['GET', '/v1/models'],
        ['POST', '/mcp'],
      ] as const) {
        const answer = await rawRequest(
          server.address,
          [
            `${method} ${path} HTTP/1.1`,
            `host: ${host()}`,
            `origin: ${origin}`,
            'access-control-request-method: POST',
            'connection: close',
            ...(method === 'POST' ? ['content-type: application/json', 'content-length: 2'] : []),
          ],
          method === 'POST' ? '{}' : '',
        );
        if (statusOf(answer) < 400 || /access-control-allow/i.test(answer)) hits.push(`${origin} ${method} ${path}`);
      }
    expect(hits).toEqual([]);
    expect(await server.heddle.projects.services()).toEqual([]);
  });

  it('open no socket to other sites, by upgrade or by polling', async () => {
    const hits: string[] = [];
    const upgrade = (lines: readonly string[]) =>
      rawRequest(server.address, [
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
        'connection: upgrade',
        'upgrade: websocket',
        'sec-websocket-version: 13',
        'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
        ...lines,
      ]);
    for (const origin of originCorpus(server.address)) {
      if (statusOf(await upgrade([`host: ${host()}`, `origin: ${origin}`])) < 400) hits.push(`upgrade ${origin}`);
      const poll = ['GET /socket.io/?EIO=4&transport=polling HTTP/1.1', `host: ${host()}`, `origin: ${origin}`];
      if (statusOf(await rawRequest(server.address, [...poll, 'connection: close'])) < 400) hits.push(`poll ${origin}`);
    }
    for (const name of hostCorpus)
      if (statusOf(await upgrade([`host: ${name}`])) < 400) hits.push(`upgrade to ${name}`);
    expect(hits).toEqual([]);
    expect(statusOf(await upgrade([`host: ${host()}`, `origin: ${server.address}`]))).toBe(101);
  });
});
