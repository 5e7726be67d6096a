import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ToolServerGuard } from './test-tool-server.js';

/**
 * An OAuth server on this machine that is as strict as the standard: codes and refresh tokens work once, PKCE uses S256, redirect URLs must
 * match exactly.
 */
export interface TestAuthorizationServer {
  readonly origin: string;
  /** The guard for the tool server that trusts this server. */
  readonly guard: ToolServerGuard;
  /** All secrets that it has issued. */
  readonly given: readonly string[];
  /** The requests that it received. */
  readonly asked: readonly { readonly path: string; readonly form: Readonly<Record<string, string>> }[];
  /** The lifetime of new tokens in seconds; tests may change it. */
  tokenSeconds: number;
  /** Invalidates all access tokens. */
  expire(): void;
  /** Invalidates all access and refresh tokens. */
  revoke(): void;
  close(): Promise<void>;
}

interface Code {
  readonly challenge: string;
  readonly redirect: string;
  readonly resource: string | null;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly location?: string;
}

export async function startAuthorizationServer(): Promise<TestAuthorizationServer> {
  const codes = new Map<string, Code>();
  const access = new Set<string>();
  const refresh = new Set<string>();
  const redirects = new Map<string, readonly string[]>();
  const given: string[] = [];
  const asked: { path: string; form: Record<string, string> }[] = [];
  const state = { tokenSeconds: 3_600 };
  let origin = '';
  const make = (kind: string): string => {
    const value = `${kind}-${randomBytes(16).toString('hex')}`;
    given.push(value);
    return value;
  };
  const tokens = (): object => {
    const token = make('access');
    const next = make('refresh');
    access.add(token);
    refresh.add(next);
    return { access_token: token, token_type: 'Bearer', expires_in: state.tokenSeconds, refresh_token: next };
  };
  const exchange = (form: Record<string, string>): object | undefined => {
    if (form['grant_type'] === 'refresh_token')
      return refresh.delete(form['refresh_token'] ?? '') ? tokens() : undefined;
    const code = codes.get(form['code'] ?? '');
    codes.delete(form['code'] ?? '');
    const proof = createHash('sha256')
      .update(form['code_verifier'] ?? '')
      .digest('base64url');
    const isGood = code !== undefined && proof === code.challenge && form['redirect_uri'] === code.redirect;
    return isGood && code.resource === (form['resource'] ?? null) ? tokens() : undefined;
  };
  const register = (body: string): Answer => {
    const wanted = JSON.parse(body) as { readonly redirect_uris: readonly string[] };
    const client = `client-${redirects.size + 1}`;
    redirects.set(client, wanted.redirect_uris);
    return { status: 201, body: { ...wanted, client_id: client } };
  };
  const authorize = ({ searchParams: query }: URL): Answer => {
    const redirect = query.get('redirect_uri') ?? '';
    const known = redirects.get(query.get('client_id') ?? '') ?? [];
    if (!known.includes(redirect) || query.get('code_challenge_method') !== 'S256')
      return { status: 400, body: { error: 'invalid_request' } };
    const code = make('code');
    codes.set(code, { challenge: query.get('code_challenge') ?? '', redirect, resource: query.get('resource') });
    const back = new URL(redirect);
    for (const [name, value] of Object.entries({ code, state: query.get('state') ?? '', iss: origin }))
      back.searchParams.set(name, value);
    return { status: 302, body: {}, location: back.href };
  };
  const answer = (url: URL, body: string): Answer => {
    const form = Object.fromEntries(new URLSearchParams(body.startsWith('{') ? '' : body));
    asked.push({ path: url.pathname, form });
    switch (url.pathname) {
      case '/.well-known/oauth-authorization-server': {
        const ends = { authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` };
        const methods = { response_types_supported: ['code'], code_challenge_methods_supported: ['S256'] };
        const more = { issuer: origin, registration_endpoint: `${origin}/register` };
        return { status: 200, body: { ...more, ...ends, ...methods } };
      }
      case '/register':
        return register(body);
      case '/authorize':
        return authorize(url);
      case '/token': {
        const got = exchange(form);
        return got === undefined ? { status: 400, body: { error: 'invalid_grant' } } : { status: 200, body: got };
      }
      default:
        return { status: 404, body: {} };
    }
  };
  const server = createServer((request, response) => {
    void readAll(request).then((text) => {
      const { status, body, location } = answer(new URL(request.url ?? '/', origin), text);
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(location === undefined ? {} : { location }),
      });
      response.end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    origin,
    given,
    asked,
    guard: {
      admits: (authorization: string | undefined) => access.has((authorization ?? '').replace(/^Bearer /, '')),
      challenge: (home: string) =>
        `Bearer resource_metadata="${home}/.well-known/oauth-protected-resource/mcp", error="invalid_token"`,
      metadata: (url: string) => ({ resource: url, authorization_servers: [origin] }),
    },
    expire: () => access.clear(),
    revoke: () => {
      access.clear();
      refresh.clear();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
}
