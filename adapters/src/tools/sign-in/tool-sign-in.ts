import { randomBytes } from 'node:crypto';
import { HeddleError, toHeddleError, withoutUndefined, type ToolServer } from '@heddle/core';
import type { AllowedHost } from '../../fetch/check-url.js';
import { expiryOf, Grant, type GrantStore } from './grant-store.js';
import { oauthClient, oauthOf, type GrantDraft, type OAuthClientOptions } from './oauth-client.js';
import type { ReadToolSecret } from '../tool-secret.js';
import { createSignInFetch } from './sign-in-fetch.js';

interface SignInOptions {
  readonly grants: GrantStore;
  readonly clock: { readonly now: () => number };
  readonly allowedHosts: readonly AllowedHost[];
  readonly secret: ReadToolSecret;
  /** The address of Heddle's client metadata document; servers that read such documents need no registration. */
  readonly metadataUrl?: string | undefined;
}

/** The parameters with which an authorization server sent the browser back. */
export interface SignInReply {
  readonly state: string;
  readonly code?: string | undefined;
  readonly iss?: string | undefined;
  readonly error?: string | undefined;
}

/** What a server demands of a client that signs in. */
interface Challenge {
  readonly scope?: string | undefined;
  readonly resourceMetadataUrl?: URL | undefined;
}

interface Begun {
  readonly server: string;
  readonly address: string;
  readonly who: string;
  readonly redirectUrl: string;
  readonly until: number;
  readonly draft: GrantDraft;
}

const mostMs = 10 * 60_000;
const mostBegun = 100;
/** A token that ends within this time is renewed before it is used. */
const earlyMs = 30_000;

/**
 * Signs in to tool servers: OAuth 2.1, authorization code with PKCE.
 *
 * - A token is sent only to the origin of its server.
 * - The person who begins a sign-in finishes it, once, within ten minutes.
 * - A grant is replaced only by a complete one.
 */
export class ToolSignIn {
  private readonly options: SignInOptions;
  private readonly begun = new Map<string, Begun>();
  private readonly renewing = new Map<string, Promise<string>>();
  /** Scopes that servers asked for beyond those of their token. */
  private readonly wanted = new Map<string, string>();

  constructor(options: SignInOptions) {
    this.options = options;
  }

  /** Returns the address at which a person agrees. Errors: `bad_request`, `mcp_unreachable`, `fetch_blocked`. */
  async begin(server: ToolServer, redirectUrl: string, who: string): Promise<URL> {
    const state = randomBytes(32).toString('base64url');
    const known = (await this.options.grants.get(server.id))?.grant;
    const client = known?.redirectUrl === redirectUrl ? known.client : undefined;
    const draft: GrantDraft = { client, discovery: undefined, tokens: undefined, verifier: undefined };
    let address: URL | undefined;
    const clientSecret = await this.secretOf(server);
    try {
      const challenge = await this.challengeOf(server);
      const wanted = [known?.tokens['scope'], challenge.scope, this.wanted.get(server.id)];
      const asked = { ...challenge, scope: oauthOf(server).scope ?? joined(wanted) };
      const onAddress = (to: URL): void => void (address = to);
      await this.run(server, { server, draft, redirectUrl, state, clientSecret, onAddress }, asked);
    } catch (cause) {
      throw unreachable(server.id, cause);
    }
    if (address === undefined) throw unreachable(server.id, new Error('it names no page on which a person can agree'));
    for (const [key, { until }] of this.begun)
      if (until <= this.options.clock.now() || this.begun.size >= mostBegun) this.begun.delete(key);
    this.begun.set(state, {
      server: server.id,
      address: endpointOf(server, []).url,
      who,
      redirectUrl,
      draft,
      until: this.options.clock.now() + mostMs,
    });
    return address;
  }

  /** Finishes a sign-in. Returns the server, and the grant to store. Errors: `mcp_sign_in`. */
  async finish(
    { state, code, iss, error }: SignInReply,
    who: string,
    serverOf: (id: string) => ToolServer,
  ): Promise<{ id: string; grant: Grant }> {
    const way = this.begun.get(state);
    this.begun.delete(state);
    if (way === undefined || way.until <= this.options.clock.now() || way.who !== who)
      throw new HeddleError('mcp_sign_in', 'This sign-in was not begun here, or has expired: sign in again.');
    const server = serverOf(way.server);
    const { draft, redirectUrl } = way;
    const issuer = issuerOf(draft);
    if (endpointOf(server, []).url !== way.address || (iss !== undefined && issuer !== undefined && iss !== issuer))
      throw new HeddleError(
        'mcp_sign_in',
        `The answer does not come from the tool server '${server.id}': sign in again.`,
      );
    if (code === undefined)
      throw new HeddleError(
        'mcp_sign_in',
        `'${server.id}' refused the sign-in: ${(error ?? 'no code').slice(0, 200)}.`,
      );
    const clientSecret = await this.secretOf(server);
    const onAddress = (): never => {
      throw signInNeeded(server.id);
    };
    try {
      const given = withoutUndefined({ authorizationCode: code, iss });
      await this.run(server, { server, draft, redirectUrl, state, clientSecret, onAddress }, given);
      this.wanted.delete(server.id);
    } catch (cause) {
      throw new HeddleError('mcp_sign_in', `'${server.id}' returned no token: ${textOf(cause)}.`, { cause });
    }
    const client = draft.client ?? { client_id: oauthOf(server).clientId ?? '' };
    const grant = Grant.parse({ ...draft, client, redirectUrl, obtainedAt: this.options.clock.now() });
    return { id: server.id, grant };
  }

  /** The current token, renewed if it is about to end. Errors: `mcp_sign_in`, `mcp_unreachable`. */
  async token(server: ToolServer): Promise<string> {
    const grant = (await this.options.grants.get(server.id))?.grant;
    if (grant === undefined) throw signInNeeded(server.id);
    const end = expiryOf(grant);
    const isEnding = end !== undefined && end - earlyMs <= this.options.clock.now();
    return isEnding && grant.tokens.refresh_token !== undefined ? this.renewOnce(server) : grant.tokens.access_token;
  }

  /** Replaces an access token that the server refused. Errors: as `token`. */
  async renew(server: ToolServer, refused: string): Promise<string> {
    const present = await this.presentToken(server);
    // Another call has renewed it in the meantime.
    return present !== undefined && present !== refused ? present : this.renewOnce(server);
  }

  /** Remembers that the token of a server lacks scopes: the next sign-in asks for these too. */
  needsMore(server: ToolServer, scope: string | undefined): void {
    const all = joined([this.wanted.get(server.id), scope]);
    if (all !== undefined) this.wanted.set(server.id, all);
  }

  /** Sends a request without a token and reads from the reply which scopes the server wants and where its metadata is. */
  private async challengeOf(server: ToolServer): Promise<Challenge> {
    const { extractWWWAuthenticateParams } = await import('@modelcontextprotocol/client');
    const { url, hosts } = endpointOf(server, this.options.allowedHosts);
    try {
      const reply = await createSignInFetch(hosts)(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      });
      if (reply.status !== 401) return {};
      const { scope, resourceMetadataUrl } = extractWWWAuthenticateParams(reply);
      return { scope, resourceMetadataUrl };
    } catch {
      // The discovery that follows reports what is wrong.
      return {};
    }
  }

  /** Runs the sign-in flow of the protocol's library. Errors: only those of this port. */
  private async run(
    server: ToolServer,
    client: Omit<OAuthClientOptions, 'metadataUrl'>,
    given: Challenge & { readonly authorizationCode?: string; readonly iss?: string } = {},
  ): Promise<void> {
    const { auth } = await import('@modelcontextprotocol/client');
    const { url, hosts } = endpointOf(server, this.options.allowedHosts);
    const { clientSecret } = oauthOf(server);
    const fetchFn = createSignInFetch(hosts, async (to) => {
      if (clientSecret !== undefined) await this.options.secret(clientSecret, { url: to.href });
    });
    const { metadataUrl } = this.options;
    await auth(oauthClient({ ...client, metadataUrl }), { serverUrl: url, fetchFn, ...withoutUndefined(given) });
  }

  private async secretOf(server: ToolServer): Promise<string | undefined> {
    const { clientSecret } = oauthOf(server);
    return clientSecret === undefined ? undefined : this.options.secret(clientSecret, 'sign-in');
  }

  private async renewNow(server: ToolServer): Promise<string> {
    const before = await this.options.grants.get(server.id);
    const grant = before?.grant;
    if (before === undefined || grant?.tokens.refresh_token === undefined) throw signInNeeded(server.id);
    const { client, discovery, tokens, redirectUrl } = grant;
    const draft: GrantDraft = { client, discovery, tokens, verifier: undefined };
    const nobody = (): never => {
      throw signInNeeded(server.id);
    };
    const clientSecret = await this.secretOf(server);
    try {
      await this.run(server, { server, draft, redirectUrl, state: '', clientSecret, onAddress: nobody });
    } catch (cause) {
      throw renewFailure(server.id, cause);
    }
    const next = Grant.parse({
      ...grant,
      ...draft,
      tokens: { ...keptOf(tokens), ...draft.tokens },
      obtainedAt: this.options.clock.now(),
    });
    if (await this.options.grants.renew(server.id, before, next)) return next.tokens.access_token;
    const present = await this.presentToken(server);
    if (present === undefined) throw signInNeeded(server.id);
    return present;
  }

  private async presentToken({ id }: ToolServer): Promise<string | undefined> {
    return (await this.options.grants.get(id))?.grant.tokens.access_token;
  }

  private renewOnce(server: ToolServer): Promise<string> {
    const running =
      this.renewing.get(server.id) ?? this.renewNow(server).finally(() => this.renewing.delete(server.id));
    this.renewing.set(server.id, running);
    return running;
  }
}

function endpointOf(
  { transport }: ToolServer,
  allowed: readonly AllowedHost[],
): { url: string; hosts: readonly string[] } {
  if (transport.kind !== 'http') return { url: '', hosts: allowed };
  const host = new URL(transport.url).hostname.replace(/^\[|\]$/g, '');
  return { url: transport.url, hosts: transport.isInside ? [...allowed, host] : allowed };
}

/** Joins the scopes of several lists without duplicates; undefined where there are none. */
function joined(lists: readonly unknown[]): string | undefined {
  const scopes = lists.flatMap((list) => (typeof list === 'string' ? list.split(' ') : []));
  const all = [...new Set(scopes.filter((scope) => scope !== ''))].join(' ').slice(0, 2_000);
  return all === '' ? undefined : all;
}

/** If a reply has no new refresh token, the old one stays valid. */
const keptOf = ({ refresh_token: kept }: Grant['tokens']): object =>
  kept === undefined ? {} : { refresh_token: kept };

function issuerOf({ discovery }: GrantDraft): string | undefined {
  const metadata: unknown = discovery?.['authorizationServerMetadata'];
  const issuer: unknown =
    typeof metadata === 'object' && metadata !== null && 'issuer' in metadata ? metadata.issuer : undefined;
  return typeof issuer === 'string' ? issuer : undefined;
}

const textOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).slice(0, 300).replace(/\.$/, '');

function signInNeeded(id: string): HeddleError {
  return new HeddleError('mcp_sign_in', `The tool server '${id}' requires a sign-in: sign in on the Tools page.`, {
    details: { server: id },
  });
}

function unreachable(id: string, cause: unknown): HeddleError {
  const known = toHeddleError(cause, 'mcp_unreachable');
  if (known.code === 'fetch_blocked' || known.code.startsWith('secret_')) return known;
  return new HeddleError('mcp_unreachable', `The tool server '${id}' cannot be signed in to: ${textOf(cause)}.`, {
    cause,
    details: { server: id },
  });
}

/** A missing answer may be retried; a refusal needs a person. */
function renewFailure(id: string, cause: unknown): HeddleError {
  if (cause instanceof HeddleError && cause.code !== 'mcp_sign_in') return unreachable(id, cause);
  return cause instanceof HeddleError ? cause : signInNeeded(id);
}
