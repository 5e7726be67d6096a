import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { Controller, Get, Module } from '@nestjs/common';
import { createServer, request as rawRequest } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { controllers } from '../heddle.module.js';
import { LiveGateway } from '../socket/live.gateway.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { accessKey } from './access.js';
import { AccessGuard } from '../app/access.guard.js';
import { errorBody, toRequestError } from './errors/error-reply.js';
import { createHostCheck, isLoopback } from './host-check.js';

/** Sends a request with headers that fetch does not allow. */
function send(
  address: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const request = rawRequest({ hostname, port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.on('error', reject);
    request.end();
  });
}

describe('the server', () => {
  let server: TestServer;
  let editor: string;
  beforeAll(async () => {
    editor = mkdtempSync(join(tmpdir(), 'heddle-editor-'));
    mkdirSync(join(editor, 'assets'));
    writeFileSync(join(editor, 'index.html'), '<!doctype html><title>Heddle</title>');
    writeFileSync(join(editor, 'assets', 'app-1a2b.js'), 'export {};');
    server = await startTestServer({
      editor,
      settings: { HEDDLE_BODY_LIMIT: '20kb' },
    });
  });
  afterAll(async () => {
    await server.close();
    rmSync(editor, { recursive: true });
  });

  describe('accepts only its own pages', () => {
    it.each(['/api/health', '/', '/assets/app-1a2b.js', '/api/nothing'])('refuses another Host at %s', async (path) => {
      const reply = await send(server.address, path, { host: 'rebound.example:3000' });
      expect([reply.status, JSON.parse(reply.body).error.code]).toEqual([403, 'bad_host']);
    });

    it('lets a monitoring program use the address that it reached, for health and metrics only', async () => {
      // An address of this machine that no setting names, as in a container.
      const other = createServer((...of) => server.app.getHttpServer().emit('request', ...of));
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.2', resolve));
      const bound = other.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
      const ask = async (path: string, headers: Record<string, string> = {}) =>
        (await send(`http://127.0.0.2:${port}`, path, { host: `127.0.0.2:${port}`, ...headers })).status;
      try {
        const watched = ['/api/health', '/api/health/live', '/api/health/ready', '/metrics'];
        for (const path of watched) expect([path, await ask(path)]).toEqual([path, 200]);
        for (const path of ['/', '/api/workflows', '/api/settings', '/api/healthy'])
          expect([path, await ask(path)]).toEqual([path, 403]);
        // A page of another site sends its own host name, and the process does not listen on the other addresses.
        for (const host of ['rebound.example', `127.0.0.3:${port}`, '127.0.0.2.example', '[::ffff:127.0.0.2]'])
          for (const path of watched) expect([host, path, await ask(path, { host })]).toEqual([host, path, 403]);
        for (const origin of ['http://evil.example', 'null']) expect(await ask('/metrics', { origin })).toBe(403);
        expect(await ask('/metrics', { 'sec-fetch-site': 'cross-site' })).toBe(403);
      } finally {
        await new Promise((resolve) => other.close(resolve));
      }
    });

    it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'file://'])(
      'refuses the Origin %s',
      async (origin) => {
        const reply = await send(server.address, '/api/health', { host: new URL(server.address).host, origin });
        expect([reply.status, JSON.parse(reply.body).error.code]).toEqual([403, 'bad_origin']);
      },
    );

    it('accepts its own Origin, configured hosts, and callers that are not browsers', async () => {
      const own = new URL(server.address).host;
      expect((await send(server.address, '/api/health', { host: own, origin: server.address })).status).toBe(200);
      expect((await send(server.address, '/api/health', { host: own })).status).toBe(200);
      expect((await send(server.address, '/api/health', { host: own, 'sec-fetch-site': 'cross-site' })).status).toBe(
        403,
      );
    });
  });

  it('opens pages from links on other sites, and nothing else', async () => {
    const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const headers = { host: new URL(server.address).host, accept: 'text/html', ...visit };
    expect((await send(server.address, '/workflows/abc', headers)).status).toBe(200);
    for (const path of ['/api/workflows', '/v1/models', '/mcp', '/api/auth/me', '/api/auth/oidc/callbacks'])
      expect([path, (await send(server.address, path, headers)).status]).toEqual([path, 403]);
    expect((await send(server.address, '/', { ...headers, 'sec-fetch-dest': 'iframe' })).status).toBe(403);
    expect((await send(server.address, '/', { ...headers, host: 'rebound.example' })).status).toBe(403);
  });

  it.each(['/mcp', '/mcp/build', '/api/workflows'])('answers 405 to the method QUERY at %s', async (path) => {
    const { status, headers } = await server.call('QUERY', path);
    expect([status, headers.get('allow')]).toEqual([405, expect.stringMatching(/^(?!.*QUERY).*GET.*OPTIONS/)]);
  });

  it('sends the security headers with every reply, and allows no inline script', async () => {
    for (const path of ['/api/health', '/', '/api/nothing']) {
      const { headers } = await server.call('GET', path, undefined, { accept: 'text/html' });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("frame-ancestors 'none'");
      expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'");
    }
  });

  it('serves the editor: pages uncached, hashed files cached for ever, index.html for deep links of browsers only', async () => {
    const page = await server.call('GET', '/workflows/abc', undefined, { accept: 'text/html,*/*' });
    expect([page.status, page.body]).toEqual([200, '<!doctype html><title>Heddle</title>']);
    for (const path of ['/collections/weaving?document=selvedge.md', '/policies/house.v2', '/workflows/a.json?x=1']) {
      const reply = await server.call('GET', path, undefined, { accept: 'text/html' });
      expect([path, reply.status]).toEqual([path, 200]);
    }
    // A program that checks whether a page exists sends no Accept header.
    for (const method of ['GET', 'HEAD']) expect((await server.call(method, '/')).status).toBe(200);
    const asset = await server.call('GET', '/assets/app-1a2b.js');
    expect([asset.status, asset.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    for (const path of [
      '/api/nothing',
      '/v1/nothing',
      '/mcp/nothing',
      '/assets/gone.js',
      '/assets/gone?a=b',
      '/gone.ico',
    ]) {
      const reply = await server.call('GET', path, undefined, { accept: 'text/html' });
      expect([path, reply.status, reply.body.error.code]).toEqual([path, 404, 'not_found']);
    }
    expect((await server.call('GET', '/workflows/abc', undefined, { accept: 'application/json' })).status).toBe(404);
    expect((await send(server.address, '/..%2f..%2fpackage.json', { host: new URL(server.address).host })).status).toBe(
      404,
    );
  });

  it('serves files that are built while it runs, compressed when the browser accepts it', async () => {
    writeFileSync(join(editor, 'assets', 'later-3c4d.js'), 'export const later = 1;');
    writeFileSync(join(editor, 'assets', 'later-3c4d.js.gz'), gzipSync('export const later = 1;'));
    const reply = await fetch(`${server.address}/assets/later-3c4d.js`, { headers: { 'accept-encoding': 'gzip' } });
    expect([reply.status, reply.headers.get('content-encoding'), await reply.text()]).toEqual([
      200,
      'gzip',
      'export const later = 1;',
    ]);
    expect(reply.headers.get('content-type')).toContain('javascript');
    rmSync(join(editor, 'assets', 'later-3c4d.js'));
    expect((await server.call('GET', '/assets/later-3c4d.js')).status).toBe(404);
    expect((await server.call('GET', '/assets/.hidden.js')).status).toBe(404);
  });

  it('answers every error in one form', async () => {
    const large = await server.call('POST', '/api/compile', { document: 'x'.repeat(30_000) });
    expect([large.status, large.body.error.code]).toEqual([413, 'payload_too_large']);
    expect(large.body.error.message).toContain('HEDDLE_BODY_LIMIT');
    const type = await server.call('POST', '/api/compile', 'hello', { 'content-type': 'text/csv' });
    expect([type.status, type.body.error.code]).toEqual([415, 'unsupported_media_type']);
    expect(type.body.error.message).toContain("'content-type: application/json'");
    const unknown = await server.call('POST', '/api/nothing', {});
    const nothing = 'There is nothing at POST /api/nothing: GET /api/openapi.json lists all paths.';
    expect([unknown.status, unknown.body.error]).toEqual([404, { code: 'not_found', message: nothing }]);
    // OpenAI's clients read errors in their own format, even at unknown addresses.
    const nowhere = await server.call('POST', '/v1/audio/speech', {});
    expect([nowhere.status, nowhere.body.error]).toEqual([
      404,
      {
        type: 'invalid_request_error',
        param: null,
        code: 'not_found',
        message: expect.stringContaining('GET /api/openapi.json'),
      },
    ]);
    const tooLong = await server.call('GET', `/api/runs/${'x'.repeat(5_000)}`);
    expect([tooLong.status, tooLong.body.error.code]).toEqual([404, 'not_found']);
    for (const path of ['/api/workflows/%zz', '/api/runs/%E0%A4/events', '/%', '/assets/%zz']) {
      const { status, body } = await server.call('GET', path);
      expect([status, body.error]).toEqual([
        400,
        { code: 'bad_request', message: expect.stringContaining('write a percent sign as %25') },
      ]);
    }
    const field = await server.call('POST', '/api/collections', { name: 'Bad Name', embedding: 3 });
    expect(field.body.error).toMatchObject({
      code: 'bad_request',
      details: { issues: [{ field: 'name' }, { field: 'embedding' }] },
    });
    const missing = await server.call('GET', '/api/jobs/none');
    expect([missing.status, missing.body.error.code]).toEqual([404, 'job_not_found']);
  });

  it('describes every route in OpenAPI 3.1, with named schemas', async () => {
    const { body, status } = await server.call('GET', '/api/openapi.json');
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/api/workflows',
        '/api/workflows/{id}/runs',
        '/api/runs/{id}/events',
        '/api/collections/{name}/search',
      ]),
    );
    expect(body.paths['/api/compile'].post.responses['200'].content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/CompileReply',
    });
    expect(body.paths['/api/compile'].post.requestBody).toBeDefined();
    const named = new Set(Object.keys(body.components.schemas));
    for (const [, name] of JSON.stringify(body).matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      expect(named).toContain(name);
    expect(JSON.stringify(body)).not.toContain('#/$defs/');
    // An exclusive bound is a number in 3.1; in 3.0 it was a boolean.
    expect(JSON.stringify(body)).not.toMatch(/"exclusive(?:Min|Max)imum":(?:true|false)/);
    // Some languages do not know Unicode classes of characters.
    expect(JSON.stringify(body)).not.toMatch(/"pattern":"[^"]*\\p\{/);
    expect(body.components.schemas.KeyScopes.properties.ratePerMinute).toMatchObject({ exclusiveMinimum: 0 });
    const errorOf = (path: string): string =>
      String(body.paths[path].post.responses.default.$ref).replace('#/components/responses/', '');
    expect(['/api/compile', '/v1/hooks/{hook}', '/v1/embeddings'].map(errorOf)).toEqual([
      'Error',
      'Problem',
      'OpenAiError',
    ]);
    expect(Object.keys(body.components.responses.Problem.content)).toEqual(['application/problem+json']);
  });
});

describe('access', () => {
  const handlersOf = (controller: { readonly prototype: object }) =>
    Object.getOwnPropertyNames(controller.prototype).flatMap((name): [string, object][] => {
      const handler: unknown = Reflect.get(controller.prototype, name);
      return name !== 'constructor' && typeof handler === 'function' && Reflect.hasMetadata('path', handler)
        ? [[name, handler]]
        : [];
    });

  it('is declared by every route of every controller', () => {
    const routes = controllers.flatMap((controller) =>
      handlersOf(controller).map(([name, handler]) => ({
        route: `${controller.name}.${name}`,
        rule: Reflect.getMetadata(accessKey, handler) as unknown,
      })),
    );
    expect(routes.length).toBeGreaterThan(30);
    expect(routes.filter(({ rule }) => [rule].flat().some((right) => typeof right !== 'string'))).toEqual([]);
  });

  it('is declared by every event of the socket', () => {
    const events = Object.getOwnPropertyNames(LiveGateway.prototype).filter((name) => {
      const handler: unknown = Reflect.get(LiveGateway.prototype, name);
      return typeof handler === 'function' && Reflect.hasMetadata('websockets:message_mapping', handler);
    });
    expect(events).toEqual(['watch', 'unwatch']);
    for (const name of events) {
      expect(Reflect.getMetadata(accessKey, Reflect.get(LiveGateway.prototype, name) as object)).toBe('run:read');
    }
  });

  it('is refused to a route without a declaration', async () => {
    @Controller()
    class Undeclared {
      @Get()
      open(): string {
        return 'open';
      }
    }
    Module({ controllers: [Undeclared] })(class {});
    const handler: unknown = Reflect.get(Undeclared.prototype, 'open');
    const context = { getHandler: () => handler } as unknown as Parameters<AccessGuard['canActivate']>[0];
    const guard = new AccessGuard(
      ...([] as unknown as ConstructorParameters<typeof AccessGuard>), // The route is refused before any dependency is used.
    );
    await expect(guard.canActivate(context)).rejects.toMatchObject({ code: 'forbidden' });
    expect(handlersOf(Undeclared)).toHaveLength(1);
  });
});

describe('errors of requests', () => {
  it('reveal only the code of an unexpected error', () => {
    const error = toRequestError(new TypeError('secret /home/ada/.heddle'));
    expect(errorBody(error)).toEqual({
      error: { code: 'internal', message: 'An internal error occurred; the log has the details.' },
    });
    expect(toRequestError('thrown text').code).toBe('internal');
  });

  it('keep code, message and details of a HeddleError', () => {
    const error = new HeddleError('busy', 'Later.', { details: { retryAfterSeconds: 2 } });
    expect(errorBody(toRequestError(error))).toEqual({
      error: { code: 'busy', message: 'Later.', details: { retryAfterSeconds: 2 } },
    });
  });
});

describe('createHostCheck', () => {
  it('accepts configured names, also behind TLS', () => {
    const check = createHostCheck({ host: '127.0.0.1', allowedHosts: ['heddle.example'] });
    expect(() => check({ host: 'heddle.example', origin: 'https://heddle.example' })).not.toThrow();
    expect(() => check({ host: 'other.example', origin: undefined })).toThrow(/Host header/);
  });

  it('adds the configured address, but not a wildcard one', () => {
    const check = createHostCheck({ host: '192.168.1.7', allowedHosts: [] });
    expect(() => check({ host: '192.168.1.7:3000', origin: undefined })).not.toThrow();
    expect(() =>
      createHostCheck({ host: '0.0.0.0', allowedHosts: [] })({ host: '0.0.0.0:3000', origin: undefined }),
    ).toThrow(/Host header/);
    expect(() => check({ host: undefined, origin: undefined })).toThrow(/Host header/);
    expect(() => check({ host: 'localhost:3000@evil.example', origin: undefined })).toThrow(/Host header/);
    expect(() => check({ host: '[::1]:3000', origin: 'http://[::1]:3000' })).not.toThrow();
  });

  it.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.0.2', false],
    ['127.evil.example', false],
  ])('knows for %s whether it is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
