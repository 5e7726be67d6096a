import { HeddleError, isPlainObject, RawTool, toHeddleError, type ToolServer, type ToolSetting } from '@heddle/core';
import type { Client, Transport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { redacted, redactKeys } from '../connections/shared/redact-key.js';
import type { AllowedHost } from '../fetch/check-url.js';
import { cleanCause } from './clean-cause.js';
import { createGuardedFetch } from './guarded-fetch.js';
import { lostReply } from './lost-reply.js';
import { SamplingQueue, type Sampler } from './sampling/sampling-queue.js';
import { createSignedFetch } from './sign-in/signed-fetch.js';
import type { ToolSignIn } from './sign-in/tool-sign-in.js';
import { StdioTransport } from './stdio-transport.js';
import type { ReadToolSecret, SecretPurpose } from './tool-secret.js';

export interface SessionOptions {
  readonly server: ToolServer;
  readonly secret: ReadToolSecret;
  readonly allowedHosts: readonly AllowedHost[];
  /** Tokens, for servers that need a sign-in. */
  readonly signIn?: Pick<ToolSignIn, 'token' | 'renew' | 'needsMore'> | undefined;
}

/** An open connection to a tool server. */
export interface Session {
  readonly client: Client;
  /** Whether arguments are repeated as headers: over HTTP since revision 2026-07-28. */
  readonly sendsHeaders: boolean;
  /** The server's own name and version. */
  readonly name: string;
  /** Lists all tool definitions, unchecked. Errors: `mcp_unreachable`. */
  list(): Promise<readonly RawTool[]>;
  /** Removes the secrets that the server was given from a text that it wrote. */
  clean(text: string): string;
  /** Removes the secrets that the server was given from a result; everything else stays as it is. */
  withoutSecrets<T>(value: T): T;
  /** The end of what a command wrote to its standard error; empty for a server over HTTP. */
  errorOutput(): string;
  /**
   * Does the work of a call, during which the server may ask for a model. Calls of a server that may do so run one after another, so that
   * each request for a model belongs to one call.
   */
  serve<T>(sampler: Sampler | undefined, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Calls back once when the session ends, for whatever reason. */
  onEnd(callback: () => void): void;
  /** Calls back when the server reports that its list of tools has changed. */
  onListChanged(callback: () => void): void;
  close(): Promise<void>;
}

const ToolPage = z.object({ tools: z.array(RawTool).max(1_000), nextCursor: z.string().optional() });
const mostPages = 20;
/** Room for the escaping of a result and for the message around it. */
const roomFor = (resultBytes: number): number => 2 * resultBytes + 65_536;

type Reveal = (settings: readonly ToolSetting[], purpose: SecretPurpose) => Promise<Record<string, string>>;

/**
 * Starts or reaches a server and initialises the protocol. The library is loaded with the first session. Errors: `mcp_unreachable`,
 * `secret_…`, `fetch_blocked`.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { server } = options;
  const secrets: string[] = [];
  const reveal: Reveal = async (settings, purpose) => {
    const revealed: Record<string, string> = {};
    for (const { name, value, secret } of settings) {
      const hidden = secret === undefined ? '' : await options.secret(secret, purpose);
      if (hidden !== '') secrets.push(hidden);
      revealed[name] = `${value}${hidden}`;
    }
    return revealed;
  };
  const clean = (text: string): string => redactKeys(text, secrets);
  const onToken = (token: string): void => {
    if (!secrets.includes(token)) secrets.push(token);
  };
  const queue = new SamplingQueue();
  const ends: (() => void)[] = [];
  const changes: (() => void)[] = [];
  const timeout = server.limits.connectMs;
  const connect = async (mode: 'auto' | 'legacy'): Promise<{ client: Client; transport: Transport }> => {
    const transport = await transportOf(options, reveal, onToken);
    const client = await clientOf(server, mode, queue);
    client.setNotificationHandler('notifications/tools/list_changed', () => changes.forEach((change) => change()));
    try {
      await client.connect(transport, { timeout });
    } catch (cause) {
      await transport.close().catch(() => undefined);
      // An older server may not answer a message that it does not know.
      if (mode === 'auto' && isUnanswered(cause)) return connect('legacy');
      const said = transport instanceof StdioTransport ? clean(transport.errorOutput) : '';
      throw unreachable(server, cause, clean, said);
    }
    client.onclose = () => ends.forEach((end) => end());
    return { client, transport };
  };
  // An older command may exit at a message that it does not know.
  const { client, transport } = await connect(server.transport.kind === 'http' ? 'auto' : 'legacy');
  const errorOutput = (): string => (transport instanceof StdioTransport ? clean(transport.errorOutput) : '');
  const version = client.getServerVersion();
  return {
    client,
    sendsHeaders: server.transport.kind === 'http' && client.getProtocolEra() === 'modern',
    name: version === undefined ? '' : clean(`${version.name} ${version.version}`).slice(0, 200),
    clean,
    withoutSecrets: (value) => hide(value, secrets),
    errorOutput,
    serve: (sampler, signal, work) => (server.sampling === undefined ? work() : queue.serve(sampler, signal, work)),
    onEnd: (callback) => void ends.push(callback),
    onListChanged: (callback) => void changes.push(callback),
    close: () => client.close().catch(() => undefined),
    list: async () => {
      try {
        return await listTools(client, timeout);
      } catch (cause) {
        throw unreachable(server, cause, clean, errorOutput());
      }
    },
  };
}

/** The client for a server. It offers the server no folders and no people, and a model only where the server's settings name one. */
async function clientOf(
  { sampling }: ToolServer,
  mode: 'auto' | 'legacy',
  queue: Pick<SamplingQueue, 'ask'>,
): Promise<Client> {
  const { Client: McpClient } = await import('@modelcontextprotocol/client');
  const capabilities = sampling === undefined ? {} : { sampling: {} };
  const client = new McpClient({ name: 'heddle', version: '1' }, { capabilities, versionNegotiation: { mode } });
  client.onerror = () => undefined;
  if (sampling !== undefined)
    client.setRequestHandler('sampling/createMessage', ({ params }, { mcpReq }) => queue.ask(params, mcpReq.signal));
  return client;
}

async function listTools(client: Client, timeout: number): Promise<readonly RawTool[]> {
  const found: RawTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const request = { method: 'tools/list', params: { cursor } };
    const reply: z.infer<typeof ToolPage> = await client.request(request, ToolPage, { timeout });
    found.push(...reply.tools.filter((raw) => typeof raw['name'] === 'string' && raw['name'] !== ''));
    cursor = reply.nextCursor;
    if (cursor === undefined) break;
  }
  return found;
}

async function transportOf(
  { server, allowedHosts, signIn }: SessionOptions,
  reveal: Reveal,
  onToken: (token: string) => void,
): Promise<Transport> {
  const { transport: way, limits } = server;
  const maxBytes = roomFor(limits.resultBytes);
  if (way.kind === 'stdio')
    return new StdioTransport({
      command: way.command,
      args: way.args,
      folder: way.folder,
      environment: await reveal(way.environment, 'environment'),
      maxBytes,
    });
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const url = new URL(way.url);
  const headers = await reveal(way.headers, { url: way.url });
  const fetch = createGuardedFetch({
    url: way.url,
    allowedHosts: way.isInside ? [...allowedHosts, url.hostname.replace(/^\[|\]$/g, '')] : allowedHosts,
    maxBytes,
    onLost: (id, why) => transport.onmessage?.(lostReply(id, why)),
  });
  const transport: Transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers },
    fetch: way.oauth === undefined || signIn === undefined ? fetch : createSignedFetch(fetch, server, signIn, onToken),
  });
  return transport;
}

function unreachable(
  { id }: ToolServer,
  cause: unknown,
  clean: (text: string) => string,
  errorOutput: string,
): HeddleError {
  const known = toHeddleError(ownOf(cause), 'mcp_unreachable');
  if (known.code === 'fetch_blocked' || known.code === 'mcp_sign_in' || known.code.startsWith('secret_')) return known;
  const said = errorOutput.trim().split('\n').at(-1) ?? '';
  const why = clean(known.message).slice(0, 500).replace(/\.$/, '');
  return new HeddleError(
    'mcp_unreachable',
    `The tool server '${id}' cannot be used: ${why}.${said === '' ? '' : ` It said: ${said.slice(0, 300)}`}`,
    {
      cause: cleanCause(cause, clean),
      details: { server: id },
      retryable: known.code === 'mcp_unreachable' ? known.retryable : true,
    },
  );
}

/** Whether a server gave no readable answer to the question which revisions it speaks. */
const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERA_NEGOTIATION_FAILED' && ownOf(error) === error;

/** Finds our own error among the causes of a library error: the library passes on errors of its fetch as causes. */
function ownOf(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof HeddleError) return cause;
  return error;
}

/** Removes the secrets from every text inside a value. */
function hide<T>(value: T, secrets: readonly string[]): T {
  const inside = (part: unknown): unknown => {
    if (typeof part === 'string') return secrets.reduce((text, secret) => text.split(secret).join(redacted), part);
    if (Array.isArray(part)) return part.map(inside);
    if (!isPlainObject(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, inside(item)]));
  };
  // Only texts were replaced, so the type is the same.
  return secrets.length === 0 ? value : (inside(value) as T);
}
