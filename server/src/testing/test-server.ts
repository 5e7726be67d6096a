import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Heddle } from '../heddle/heddle.js';
import { createApp } from '../app/create-app.js';
import type { AnyJson } from './any-json.js';
import { createTestHeddle, type TestHeddleOptions } from './test-heddle.js';

/** A server over a test Heddle that listens on a port. */
export interface TestServer {
  readonly heddle: Heddle;
  readonly app: NestFastifyApplication;
  readonly address: string;
  /** Sends JSON and parses the JSON of the reply. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<TestReply>;
  close(): Promise<void>;
}

export interface TestReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnyJson;
}

/** Starts a server on a free port of the loopback interface. */
export async function startTestServer(
  options: TestHeddleOptions & { readonly editor?: string } = {},
): Promise<TestServer> {
  const heddle = createTestHeddle(options);
  const app = await createApp(heddle, options.editor === undefined ? {} : { editor: options.editor });
  await app.listen(0, '127.0.0.1');
  const bound: unknown = app.getHttpServer().address();
  const port = typeof bound === 'object' && bound !== null && 'port' in bound ? String(bound.port) : '';
  const address = `http://127.0.0.1:${port}`;
  return {
    heddle,
    app,
    address,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${address}${path}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = (response.headers.get('content-type') ?? '').includes('json');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    close: async () => {
      await heddle.stop();
      await app.close();
      await heddle.close();
    },
  };
}
