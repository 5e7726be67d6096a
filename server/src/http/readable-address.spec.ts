import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as rawRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServer, type TestServer } from '../testing/test-server.js';

describe('an address that cannot be decoded', () => {
  let server: TestServer;
  let editor: string;
  beforeAll(async () => {
    editor = mkdtempSync(join(tmpdir(), 'heddle-editor-'));
    writeFileSync(join(editor, 'index.html'), '<!doctype html><title>Heddle</title>');
    server = await startTestServer({ editor });
  });
  afterAll(async () => {
    await server.close();
    rmSync(editor, { recursive: true });
  });

  /** The status, and whether the reply has the security headers of a page. */
  const open = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<readonly unknown[]> => {
    const { hostname, port, host } = new URL(server.address);
    return new Promise((resolve, reject) => {
      const options = { hostname, port, path, headers: { host, accept: 'text/html', ...headers } };
      const request = rawRequest(options, (response) => {
        response.resume();
        resolve([response.statusCode, response.headers['content-security-policy'] !== undefined]);
      });
      request.on('error', reject);
      request.end();
    });
  };

  it.each(['/workflows/%E0%A4%A', '/%', '/runs/%zz?x=%zz', '/collections/100%/more'])(
    'opens the editor when it is an address of a page: %s',
    async (path) => expect(await open(path)).toEqual([200, true]),
  );

  it.each(['/api/workflows/%zz', '/v1/workflows/%zz', '/assets/%zz'])(
    'is refused when it is an address for programs: %s',
    async (path) => expect(await open(path)).toEqual([400, true]),
  );

  it('is refused to a caller that accepts no page, and under the name of another server', async () => {
    expect(await open('/workflows/%zz', { accept: 'application/json' })).toEqual([400, true]);
    expect(await open('/workflows/%zz', { host: 'rebound.example' })).toEqual([403, true]);
  });
});
