import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeCollections } from '../testing/fake-collections.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { hostileDocuments } from './testing/hostile-documents.js';

const canary = 'canary-of-a-document-91be';
/** Resources that Node creates when a process is started, a name is looked up, or a connection is opened. */
const forbidden =
  /^(?:PROCESSWRAP|TCPCONNECTWRAP|PIPECONNECTWRAP|GETADDRINFOREQWRAP|GETNAMEINFOREQWRAP|QUERYWRAP|UDPWRAP|UDPSENDWRAP|WORKER|HTTPCLIENTREQUEST|TLSWRAP)$/;

describe('documents from elsewhere', () => {
  let server: TestServer;
  let outside: Server;
  let folder: string;
  let file: string;
  let address: string;
  const reached: string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-outside-'));
    file = join(folder, 'canary.txt');
    writeFileSync(file, canary);
    outside = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.end();
    });
    outside.listen(0, '127.0.0.1');
    await once(outside, 'listening');
    address = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    server = await startTestServer({ withStandardNodes: true, collections: createFakeCollections() });
  });
  afterAll(async () => {
    await server.close();
    outside.close();
    rmSync(folder, { recursive: true });
  });

  it('are imported, opened, duplicated, validated and compiled without a process, a connection or an outside file', async () => {
    const documents = hostileDocuments(address, file);
    expect(documents.length).toBeGreaterThanOrEqual(100);
    // Requests in memory, since a socket of the test would be detected too.
    const call = (method: 'GET' | 'POST', url: string, payload?: unknown) =>
      server.app.inject({
        method,
        url,
        headers: { host: 'localhost', 'content-type': 'application/json' },
        ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
      });
    // Loads what is loaded lazily, before the detection starts.
    await call('POST', '/api/compile', { document: documents.at(-1) });
    await call('GET', '/api/workflows');
    const seen: string[] = [];
    const hook = createHook({
      init: (_id, type) => {
        if (forbidden.test(type)) seen.push(type);
      },
    }).enable();
    let stored = 0;
    const shown: string[] = [];
    const bad: string[] = [];
    try {
      for (const document of documents) {
        const made = await call('POST', '/api/workflows', { document });
        const replies = [made, await call('POST', '/api/compile', { document })];
        if (made.statusCode === 201) {
          stored += 1;
          const { id, document: kept } = made.json<{ id: string; document: unknown }>();
          replies.push(
            await call('GET', `/api/workflows/${id}`),
            await call('POST', '/api/workflows', { document: kept }),
            await call('POST', `/api/workflows/${id}/publish/check`, {}),
            await call('GET', `/api/workflows/${id}/diff?from=draft&to=draft`),
          );
        }
        shown.push(...replies.map(({ body }) => body));
        bad.push(...replies.filter(({ statusCode }) => statusCode === 500).map(({ body }) => body));
      }
      shown.push((await call('GET', '/api/workflows')).body);
    } finally {
      hook.disable();
    }
    expect(stored).toBeGreaterThan(50);
    expect(bad).toEqual([]);
    expect(seen).toEqual([]);
    expect(reached).toEqual([]);
    expect(shown.some((text) => text.includes(canary))).toBe(false);
    expect(existsSync(`${file}.hit`)).toBe(false);
  }, 120_000);

  it('are detected when they do start something: the detection itself works', async () => {
    const seen: string[] = [];
    const hook = createHook({
      init: (_id, type) => {
        if (forbidden.test(type)) seen.push(type);
      },
    }).enable();
    await fetch(address);
    const { execFileSync, spawn } = await import('node:child_process');
    execFileSync(process.execPath, ['--version']);
    await once(spawn(process.execPath, ['--version']), 'exit');
    hook.disable();
    expect(seen).toEqual(expect.arrayContaining(['TCPCONNECTWRAP', 'PROCESSWRAP']));
    expect(reached).toHaveLength(1);
  });
});
