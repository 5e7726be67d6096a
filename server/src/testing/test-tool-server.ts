import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A tool server on this machine with a tool `read` and a tool `write`. */
export interface TestToolServer {
  readonly url: string;
  readonly headers: IncomingHttpHeaders[];
  /** The calls in the order in which they came. */
  readonly calls: { readonly name: string; readonly arguments: unknown }[];
  /** The `_meta` of each call. */
  readonly metas: unknown[];
  /** Changes the description of a tool. */
  describe(tool: string, description: string): void;
  /** From now on, answers every call with this JSON as its result. */
  answerWith(result: string): void;
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name: string; readonly arguments: unknown; readonly _meta?: unknown };
}

/** Decides by the header `authorization` which requests are admitted; the others get the sign-in challenge. */
export interface ToolServerGuard {
  admits(authorization: string | undefined): boolean;
  /** The value of `www-authenticate`; `metadata` is served at the well-known path of the resource. */
  readonly challenge: (url: string) => string;
  readonly metadata: (url: string) => object;
}

/** Starts the server on a free port, or on the given one. */
export async function startToolServer(guard?: ToolServerGuard, port = 0): Promise<TestToolServer> {
  const headers: IncomingHttpHeaders[] = [];
  const calls: TestToolServer['calls'] = [];
  const metas: unknown[] = [];
  let answer: string | undefined;
  const descriptions = new Map([
    ['read', 'Reads a file.'],
    ['write', 'Writes a file.'],
  ]);
  const inputSchema = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
  const resultOf = ({ method, params }: Message): unknown => {
    if (method === 'initialize')
      return { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'test', version: '1' } };
    if (method === 'tools/list')
      return {
        tools: [...descriptions].map(([name, description]) => ({
          name,
          description,
          inputSchema,
          annotations: { readOnlyHint: name === 'read' },
        })),
      };
    if (method !== 'tools/call') return undefined;
    if (params !== undefined) {
      calls.push({ name: params.name, arguments: params.arguments });
      metas.push(params._meta);
    }
    return { content: [{ type: 'text', text: `${params?.name ?? ''} done` }] };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const home = `http://${request.headers.host ?? ''}`;
      if (guard !== undefined && request.url?.startsWith('/.well-known/oauth-protected-resource') === true) {
        response.writeHead(200, { 'content-type': 'application/json' });
        return void response.end(JSON.stringify(guard.metadata(`${home}/mcp`)));
      }
      if (guard?.admits(request.headers.authorization) === false)
        return void response.writeHead(401, { 'www-authenticate': guard.challenge(home) }).end();
      if (request.method !== 'POST') return void response.writeHead(405).end();
      headers.push(request.headers);
      const message = JSON.parse(Buffer.concat(chunks).toString()) as Message;
      if (message.id === undefined) return void response.writeHead(202).end();
      response.writeHead(200, { 'content-type': 'application/json' });
      const result = JSON.stringify(resultOf(message));
      const given = message.method === 'tools/call' ? (answer ?? result) : result;
      const id = JSON.stringify(message.id);
      if (result === undefined)
        return void response.end(`{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"no such method"}}`);
      response.end(`{"jsonrpc":"2.0","id":${id},"result":${given}}`);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    headers,
    calls,
    metas,
    answerWith: (result) => void (answer = result),
    describe: (tool, description) => void descriptions.set(tool, description),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
