import Database from 'better-sqlite3';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { DocumentInfo, SourceReply } from '@heddle/core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { answerEmbeddings, dimensions } from '../chaos/embedder.js';
import { cleanUp, temporaryFolder } from './built-program.js';
import { eventually } from './eventually.js';
import { callJson } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(120_000);

describe('a SQL source of a built server', () => {
  let outside: Server;
  let server: ServerProcess;
  let file: string;

  beforeAll(async () => {
    const folder = temporaryFolder();
    file = join(folder, 'shop.db');
    const database = new Database(file);
    database.exec("CREATE TABLE articles (id TEXT, body TEXT); INSERT INTO articles VALUES ('kettle', 'It boils.')");
    database.close();
    outside = createServer((request, reply) => answerEmbeddings(request, reply, []));
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    server = await startServer({ environment: { HEDDLE_FILES: folder } });
  });
  afterAll(async () => {
    await server.stop();
    outside.closeAllConnections();
    outside.close();
    await cleanUp();
  });

  const call = (method: string, path: string, body?: object): Promise<Record<string, unknown>> =>
    callJson(server, method, path, body);

  it('reads a SQLite file', async () => {
    await call('POST', '/api/connections', {
      id: 'vectors',
      kind: 'openai-compatible',
      baseUrl: `http://127.0.0.1:${(outside.address() as AddressInfo).port}/v1`,
      isLocal: true,
      models: [{ name: 'vectors', kind: 'embed', contextTokens: 512, dimensions }],
    });
    await call('POST', '/api/collections', { name: 'shop', embedding: 'vectors/vectors' });
    const config = { database: file, query: 'SELECT id, body AS text FROM articles' };
    await call('POST', '/api/collections/shop/sources', { id: 'rows', kind: 'sql', title: 'Rows', config });
    const state = await eventually('first sync', async () => {
      const { sources } = (await call('GET', '/api/collections/shop/sources')) as {
        readonly sources: readonly SourceReply[];
      };
      const now = sources[0]?.state;
      return now?.syncedAt === undefined || now.job !== undefined ? undefined : now;
    });
    expect(state).toMatchObject({ documents: 1, failures: 0 });
    expect(state.error).toBeUndefined();
    const { documents } = (await call('GET', '/api/collections/shop/documents')) as {
      readonly documents: readonly DocumentInfo[];
    };
    expect(documents.map(({ id }) => id)).toEqual(['rows:kettle']);
  });
});
