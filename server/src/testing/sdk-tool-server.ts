import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { InvalidGrantError, InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import type { AuthorizationParams, OAuthServerProvider } from '@modelcontextprotocol/sdk/server/auth/provider.js';
import { getOAuthProtectedResourceMetadataUrl, mcpAuthRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import type { OAuthClientInformationFull, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A tool server with sign-in, both built with the MCP SDK. */
export interface SdkToolServer {
  readonly url: string;
  /** The number of calls of its only tool, `read`. */
  calls: number;
  /** All tokens and codes that it has issued. */
  readonly given: readonly string[];
  readonly renewals: number;
  /** Invalidates all access tokens; with `all`, also all refresh tokens. */
  revoke(all?: boolean): void;
  close(): Promise<void>;
}

export async function startSdkToolServer(): Promise<SdkToolServer> {
  const clients = new Map<string, OAuthClientInformationFull>();
  const codes = new Map<string, AuthorizationParams>();
  const access = new Set<string>();
  const refresh = new Set<string>();
  const given: string[] = [];
  const state = { calls: 0, renewals: 0 };
  const make = (kind: string, kept?: Set<string>): string => {
    const value = `${kind}-${randomBytes(16).toString('hex')}`;
    given.push(value);
    kept?.add(value);
    return value;
  };
  const tokens = (): OAuthTokens => ({
    access_token: make('access', access),
    refresh_token: make('refresh', refresh),
    token_type: 'bearer',
    expires_in: 3_600,
  });
  const codeOf = (code: string): AuthorizationParams => {
    const found = codes.get(code);
    if (found === undefined) throw new InvalidGrantError('There is no such code.');
    return found;
  };
  const provider: OAuthServerProvider = {
    clientsStore: {
      getClient: (id) => clients.get(id),
      registerClient: (client) => {
        const full = { client_id: `client-${clients.size}`, client_id_issued_at: 0, ...client };
        clients.set(full.client_id, full);
        return full;
      },
    },
    authorize: (_client, params, response) => {
      const back = new URL(params.redirectUri);
      const code = make('code');
      codes.set(code, params);
      back.searchParams.set('code', code);
      if (params.state !== undefined) back.searchParams.set('state', params.state);
      response.redirect(back.href);
      return Promise.resolve();
    },
    challengeForAuthorizationCode: (_client, code) => Promise.resolve().then(() => codeOf(code).codeChallenge),
    exchangeAuthorizationCode: (_client, code) =>
      Promise.resolve().then(() => {
        codeOf(code);
        codes.delete(code);
        return tokens();
      }),
    exchangeRefreshToken: (_client, token) =>
      Promise.resolve().then(() => {
        if (!refresh.delete(token)) throw new InvalidGrantError('It was revoked.');
        state.renewals += 1;
        return tokens();
      }),
    verifyAccessToken: (token) =>
      Promise.resolve().then(() => {
        if (!access.has(token)) throw new InvalidTokenError('It was revoked.');
        return { token, clientId: 'client', scopes: [], expiresAt: Math.floor(Date.now() / 1000) + 3_600 };
      }),
  };
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const url = new URL('/mcp', origin);
  const app = createMcpExpressApp();
  app.use(mcpAuthRouter({ provider, issuerUrl: origin, resourceServerUrl: url }));
  const channel = requireBearerAuth({
    verifier: provider,
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(url),
  });
  app.all('/mcp', channel, (request: IncomingMessage & { readonly body?: unknown }, response: ServerResponse) => {
    const tools = new McpServer({ name: 'sdk', version: '1' });
    tools.registerTool('read', { description: 'Reads.', annotations: { readOnlyHint: true } }, () => {
      state.calls += 1;
      return { content: [{ type: 'text', text: `Read ${state.calls}.` }] };
    });
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    void tools.connect(transport).then(() => transport.handleRequest(request, response, request.body));
  });
  server.on('request', app);
  return Object.assign(state, {
    url: url.href,
    given,
    revoke: (all = false) => {
      access.clear();
      if (all) refresh.clear();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
