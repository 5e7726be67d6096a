import { randomBytes } from 'node:crypto';
import { HeddleError, toHeddleError, type ToolServer } from '@heddle/core';
import type { AllowedHost } from '../../fetch/check-url.js';
import { expiryOf, Grant, type GrantStore } from './grant-store.js';
import { oauthClient, oauthOf, type GrantDraft } from './oauth-client.js';
import type { ReadToolSecret } from '../open-session.js';
import { createSignInFetch } from './sign-in-fetch.js';

export interface SignInParts {
  readonly grants: GrantStore;
  readonly clock: { readonly now: () => number };
  readonly allowedHosts: readonly AllowedHost[];
  readonly secret: ReadToolSecret;
}

/** What an authorization server sent the browser back with. */
export interface SignInReply {
  readonly state: string;
  readonly code?: string | undefined;
  readonly iss?: string | undefined;
  readonly error?: string | undefined;
}

/**
 * Signing in to tool servers: OAuth 2.1, code with PKCE.
 *
 * - A token is sent to the origin of its server alone.
 * - A sign-in is begun and ended by the same person, once, within ten minutes.
 * - A grant is replaced by a complete one only.
 */
export interface ToolSignIn {
  /** Where a person agrees. Errors: `bad_request`, `mcp_unreachable`, `fetch_blocked`. */
  begin(server: ToolServer, redirectUrl: string, who: string): Promise<URL>;
  /** Ends it. Returns the server, and the grant to store. Errors: `mcp_sign_in`. */
  finish(
    reply: SignInReply,
    who: string,
    serverOf: (id: string) => ToolServer,
  ): Promise<{ id: string; save: () => void }>;
  /** The token of now, renewed where it is about to end. Errors: `mcp_sign_in`, `mcp_unreachable`. */
  token(server: ToolServer): Promise<string>;
  /** A token in place of one that was refused. Errors: the same. */
  renew(server: ToolServer, refused: string): Promise<string>;
}

interface Begun {
  readonly server: string;
  readonly place: string;
  readonly who: string;
  readonly redirectUrl: string;
  readonly until: number;
  readonly draft: GrantDraft;
}

const mostMs = 10 * 60_000;
const mostBegun = 100;
/** A token that ends so soon is renewed before it is used. */
const earlyMs = 30_000;

export function createToolSignIn(parts: SignInParts): ToolSignIn {
  const { grants, clock } = parts;
  const begun = new Map<string, Begun>();
  const renewing = new Map<string, Promise<string>>();

  /** The flow of the protocol's library. Errors: those of this port, whatever went wrong in it. */
  const run = async (server: ToolServer, client: Parameters<typeof oauthClient>[0], code?: string): Promise<void> => {
    const { auth } = await import('@modelcontextprotocol/sdk/client/auth.js');
    const { url, hosts } = placeOf(server, parts.allowedHosts);
    const given = code === undefined ? {} : { authorizationCode: code };
    const { clientSecret } = oauthOf(server);
    const fetchFn = createSignInFetch(hosts, async (to) => {
      if (clientSecret !== undefined) await parts.secret(clientSecret, { url: to.href });
    });
    await auth(oauthClient(client), { serverUrl: url, fetchFn, ...given });
  };
  const secretOf = async (server: ToolServer): Promise<string | undefined> => {
    const { clientSecret } = oauthOf(server);
    return clientSecret === undefined ? undefined : parts.secret(clientSecret, 'sign-in');
  };

  const renewNow = async (server: ToolServer): Promise<string> => {
    const grant = grants.get(server.id);
    if (grant?.tokens.refresh_token === undefined) throw signInNeeded(server.id);
    const { client, discovery, tokens, redirectUrl } = grant;
    const draft: GrantDraft = { client, discovery, tokens, verifier: undefined };
    const nobody = (): never => {
      throw signInNeeded(server.id);
    };
    const clientSecret = await secretOf(server);
    try {
      await run(server, { server, draft, redirectUrl, state: '', clientSecret, onAddress: nobody });
    } catch (cause) {
      throw renewFailure(server.id, cause);
    }
    const next = Grant.parse({
      ...grant,
      ...draft,
      tokens: { ...keptOf(tokens), ...draft.tokens },
      obtainedAt: clock.now(),
    });
    grants.save(server.id, next);
    return next.tokens.access_token;
  };
  const renewOnce = (server: ToolServer): Promise<string> => {
    const running = renewing.get(server.id) ?? renewNow(server).finally(() => renewing.delete(server.id));
    renewing.set(server.id, running);
    return running;
  };

  return {
    async begin(server, redirectUrl, who) {
      const state = randomBytes(32).toString('base64url');
      const known = grants.get(server.id);
      const client = known?.redirectUrl === redirectUrl ? known.client : undefined;
      const draft: GrantDraft = { client, discovery: undefined, tokens: undefined, verifier: undefined };
      let address: URL | undefined;
      const clientSecret = await secretOf(server);
      try {
        await run(server, { server, draft, redirectUrl, state, clientSecret, onAddress: (to) => void (address = to) });
      } catch (cause) {
        throw unreachable(server.id, cause);
      }
      if (address === undefined) throw unreachable(server.id, new Error('it names no page to agree on'));
      for (const [key, { until }] of begun) if (until <= clock.now() || begun.size >= mostBegun) begun.delete(key);
      begun.set(state, {
        ...{ server: server.id, place: placeOf(server, []).url, who, redirectUrl, draft, until: clock.now() + mostMs },
      });
      return address;
    },
    async finish({ state, code, iss, error }, who, serverOf) {
      const way = begun.get(state);
      begun.delete(state);
      if (way === undefined || way.until <= clock.now() || way.who !== who)
        throw new HeddleError('mcp_sign_in', 'This way in was not begun here, or is over: sign in again.');
      const server = serverOf(way.server);
      const { draft, redirectUrl } = way;
      const issuer = issuerOf(draft);
      if (placeOf(server, []).url !== way.place || (iss !== undefined && issuer !== undefined && iss !== issuer))
        throw new HeddleError('mcp_sign_in', `The answer is not of the tool server '${server.id}': sign in again.`);
      if (code === undefined)
        throw new HeddleError('mcp_sign_in', `'${server.id}' let nobody in: ${(error ?? 'no code').slice(0, 200)}.`);
      const clientSecret = await secretOf(server);
      const onAddress = (): never => {
        throw signInNeeded(server.id);
      };
      try {
        await run(server, { server, draft, redirectUrl, state, clientSecret, onAddress }, code);
      } catch (cause) {
        throw new HeddleError('mcp_sign_in', `'${server.id}' gave no token: ${wordsOf(cause)}.`, { cause });
      }
      const client = draft.client ?? { client_id: oauthOf(server).clientId ?? '' };
      const grant = Grant.parse({ ...draft, client, redirectUrl, obtainedAt: clock.now() });
      return { id: server.id, save: () => grants.save(server.id, grant) };
    },
    async token(server) {
      const grant = grants.get(server.id);
      if (grant === undefined) throw signInNeeded(server.id);
      const end = expiryOf(grant);
      const isEnding = end !== undefined && end - earlyMs <= clock.now();
      return isEnding && grant.tokens.refresh_token !== undefined ? renewOnce(server) : grant.tokens.access_token;
    },
    async renew(server, refused) {
      const present = grants.get(server.id)?.tokens.access_token;
      // Another call renewed it meanwhile.
      return present !== undefined && present !== refused ? present : renewOnce(server);
    },
  };
}

function placeOf(
  { transport }: ToolServer,
  allowed: readonly AllowedHost[],
): { url: string; hosts: readonly string[] } {
  if (transport.kind !== 'http') return { url: '', hosts: allowed };
  const host = new URL(transport.url).hostname.replace(/^\[|\]$/g, '');
  return { url: transport.url, hosts: transport.isInside ? [...allowed, host] : allowed };
}

/** A reply without a new refresh token leaves the old one good. */
const keptOf = ({ refresh_token: kept }: Grant['tokens']): object =>
  kept === undefined ? {} : { refresh_token: kept };

function issuerOf({ discovery }: GrantDraft): string | undefined {
  const metadata: unknown = discovery?.['authorizationServerMetadata'];
  const issuer: unknown =
    typeof metadata === 'object' && metadata !== null && 'issuer' in metadata ? metadata.issuer : undefined;
  return typeof issuer === 'string' ? issuer : undefined;
}

const wordsOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).slice(0, 300).replace(/\.$/, '');

function signInNeeded(id: string): HeddleError {
  return new HeddleError('mcp_sign_in', `The tool server '${id}' must be signed in to: do so on the tools page.`, {
    details: { server: id },
  });
}

function unreachable(id: string, cause: unknown): HeddleError {
  const known = toHeddleError(cause, 'mcp_unreachable');
  if (known.code === 'fetch_blocked' || known.code.startsWith('secret_')) return known;
  return new HeddleError('mcp_unreachable', `The tool server '${id}' cannot be signed in to: ${wordsOf(cause)}.`, {
    cause,
    details: { server: id },
  });
}

/** What is no answer may be better later; a refusal needs a person. */
function renewFailure(id: string, cause: unknown): HeddleError {
  if (cause instanceof HeddleError && cause.code !== 'mcp_sign_in') return unreachable(id, cause);
  return cause instanceof HeddleError ? cause : signInNeeded(id);
}
