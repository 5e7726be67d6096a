import { HeddleError, type ToolServer } from '@heddle/core';
import type { FetchLike } from '@modelcontextprotocol/client';
import type { ToolSignIn } from './tool-sign-in.js';

/**
 * Creates a fetch that sends the token of one server. If the server refuses the token, the token is renewed once and the request is sent
 * again: the server has not worked on a refused request. Errors: `mcp_sign_in`, and those of renewing.
 */
export function createSignedFetch(
  fetch: FetchLike,
  server: ToolServer,
  signIn: Pick<ToolSignIn, 'token' | 'renew' | 'needsMore'>,
  /** Receives each token before it is sent, so that it can be removed from messages of the server. */
  onToken: (token: string) => void,
): FetchLike {
  const send = (address: string | URL, init: RequestInit | undefined, token: string): Promise<Response> => {
    onToken(token);
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(address, { ...init, headers });
  };
  /** Errors: `mcp_sign_in` for a valid token whose scopes are not enough. */
  const refuseNarrow = async (reply: Response): Promise<void> => {
    if (reply.status !== 403) return;
    const { extractWWWAuthenticateParams } = await import('@modelcontextprotocol/client');
    const { error, scope } = extractWWWAuthenticateParams(reply);
    if (error !== 'insufficient_scope') return;
    await reply.body?.cancel();
    signIn.needsMore(server, scope);
    throw new HeddleError(
      'mcp_sign_in',
      `The tool server '${server.id}' requires more rights${scope === undefined ? '' : ` (${scope.slice(0, 200)})`}: sign in again.`,
      { details: { server: server.id } },
    );
  };
  return async (address, init) => {
    const token = await signIn.token(server);
    const reply = await send(address, init, token);
    await refuseNarrow(reply);
    if (reply.status !== 401) return reply;
    await reply.body?.cancel();
    const again = await send(address, init, await signIn.renew(server, token));
    await refuseNarrow(again);
    if (again.status !== 401) return again;
    await again.body?.cancel();
    throw new HeddleError('mcp_sign_in', `The tool server '${server.id}' refuses its token: sign in again.`, {
      details: { server: server.id },
    });
  };
}
