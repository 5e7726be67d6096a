import { newToken, type IdentityStores } from '@heddle/adapters/identity';
import {
  authorise,
  defaultProject,
  HeddleError,
  neverForBuilders,
  type ConsentAnswer,
  type ConsentDecision,
  type ConsentReply,
  type Permission,
  type Principal,
} from '@heddle/core';
import { hash, timingSafeEqual } from 'node:crypto';
import type { KeyService } from '../key.service.js';
import { offeredPermissions } from './offered-permissions.js';
import type { AskingClient, OAuthClients } from './oauth-clients.js';
import { OAuthRefusal } from './oauth-error.js';
import { isRegistered, shownRedirect, withParameters } from './redirect-address.js';

/** The parameters of a program at the authorization endpoint. */
export interface AuthorizationQuery {
  readonly client_id?: string | undefined;
  readonly redirect_uri?: string | undefined;
  readonly response_type?: string | undefined;
  readonly code_challenge?: string | undefined;
  readonly code_challenge_method?: string | undefined;
  readonly scope?: string | undefined;
  readonly state?: string | undefined;
  readonly resource?: string | undefined;
}

/** The fields of a request to the token endpoint. */
export type TokenRequest = Readonly<Record<string, string>>;

interface TokenReply {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
}

interface Request {
  readonly client: AskingClient;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly permissions: readonly Permission[];
  readonly state: string | undefined;
  readonly home: string;
  readonly until: number;
  /** The principal who opened the request; only they can decide about it. */
  who?: string;
}

interface Code {
  readonly request: Request;
  readonly keyId: string;
  readonly until: number;
  isUsed: boolean;
}

const requestMs = 10 * 60_000;
const codeMs = 60_000;
const accessMs = 60 * 60_000;
const refreshMs = 30 * 86_400_000;
const mostWaiting = 1_000;

interface OAuthParts {
  readonly stores: IdentityStores;
  readonly keys: KeyService;
  readonly clients: OAuthClients;
  readonly clock: { readonly now: () => number };
}

/**
 * The authorization server for programs that call on behalf of a person at `/mcp`: authorization code with PKCE, and refresh tokens that
 * work once. A consent is stored as an API key of the person that has no secret. So it is listed, audited and revoked like a key, and never
 * allows more than its owner may do.
 */
export class OAuthService {
  private readonly requests = new Map<string, Request>();
  private readonly codes = new Map<string, Code>();

  constructor(private readonly parts: OAuthParts) {}

  /**
   * Begins a request and returns the address where the browser goes next. An error that is found before the redirect address is known is
   * thrown, because no reply may go to an address that nobody registered. Errors: `OAuthRefusal`.
   */
  async begin(query: AuthorizationQuery, home: string): Promise<string> {
    const client = await this.parts.clients.require(query.client_id ?? '');
    const [only, ...others] = client.redirectUris;
    const redirectUri = query.redirect_uri ?? (others.length === 0 ? only : undefined);
    if (redirectUri === undefined || !isRegistered(redirectUri, client.redirectUris))
      throw new OAuthRefusal('invalid_redirect_uri', 'The redirect_uri is not one that the program registered.');
    const { state } = query;
    try {
      const { challenge, permissions } = checked(query, home);
      const id = newToken('oq');
      const until = this.now() + requestMs;
      makeRoom(this.requests, this.now());
      this.requests.set(id, { client, redirectUri, challenge, permissions, state, home, until });
      return `/connect?${new URLSearchParams({ request: id }).toString()}`;
    } catch (error) {
      if (!(error instanceof OAuthRefusal)) throw error;
      const { code, message } = error;
      return withParameters(redirectUri, { error: code, error_description: message, state, iss: home });
    }
  }

  /** What a person is asked to consent to. Errors: `not_found`, `forbidden` if the caller is a program. */
  async consentRequest(id: string, principal: Principal): Promise<ConsentReply> {
    const { client, redirectUri, permissions } = this.open(id, principal);
    const projects = (await this.projectsOf(principal)).flatMap(({ id: project, name }) => {
      const held = permissions.filter((permission) => this.holds(principal, permission, project));
      return held.length === 0 ? [] : [{ id: project, name, permissions: held }];
    });
    const about = { name: client.name, goesTo: shownRedirect(redirectUri), address: client.host };
    return { id, client: about, who: principal.name === '' ? principal.id : principal.name, projects };
  }

  /** Records the decision of a person, once. Errors: `not_found`, `forbidden`. */
  async decide(id: string, decision: ConsentDecision, principal: Principal): Promise<ConsentAnswer> {
    const request = this.open(id, principal);
    const { client, redirectUri, permissions, state, home } = request;
    if (decision.decision === 'deny') {
      this.requests.delete(id);
      return { redirect: withParameters(redirectUri, { error: 'access_denied', state, iss: home }) };
    }
    const wrong = decision.permissions.find(
      (permission) => !permissions.includes(permission) || !this.holds(principal, permission, decision.project),
    );
    if (wrong !== undefined)
      throw new HeddleError('forbidden', `You cannot give '${wrong}': the program did not ask for it, or you lack it.`);
    this.requests.delete(id);
    const scopes = { permissions: [...decision.permissions] };
    const { key } = await this.parts.keys.create(principal, { name: client.name, scopes }, decision.project);
    if (client.host === undefined) await this.parts.stores.oauth.keepClient(client.id);
    const code = newToken('hac');
    makeRoom(this.codes, this.now());
    this.codes.set(code, { request, keyId: key.id, until: this.now() + codeMs, isUsed: false });
    return { redirect: withParameters(redirectUri, { code, state, iss: home }) };
  }

  /** Errors: `OAuthRefusal`. */
  async token(asked: TokenRequest, home: string): Promise<TokenReply> {
    checkResource(asked['resource'], home);
    switch (asked['grant_type']) {
      case 'authorization_code':
        return this.exchange(asked);
      case 'refresh_token':
        return this.refresh(asked);
      default:
        throw new OAuthRefusal('unsupported_grant_type', 'Use authorization_code or refresh_token.');
    }
  }

  /** Revokes a token. A refresh token ends the whole consent (RFC 7009). An unknown token is not an error. */
  async revoke({ token = '', client_id: client }: TokenRequest): Promise<void> {
    const { oauth } = this.parts.stores;
    const found = await oauth.find(token);
    if (found === undefined || (client !== undefined && found.client !== client)) return;
    if (found.kind === 'access') await oauth.end(token);
    else await this.endConsent(found.keyId);
  }

  private async exchange(asked: TokenRequest): Promise<TokenReply> {
    const { code = '', client_id: client, redirect_uri: redirectUri, code_verifier: verifier = '' } = asked;
    const found = this.codes.get(code);
    if (found?.isUsed === true) {
      // A code that is sent twice has been copied, so everything that was issued for it is revoked.
      this.codes.delete(code);
      await this.endConsent(found.keyId);
    }
    if (found === undefined || found.isUsed || found.until <= this.now())
      throw new OAuthRefusal('invalid_grant', 'The code is unknown, was used, or is too old.');
    // Every attempt uses the code up, so that nobody can guess the verifier.
    found.isUsed = true;
    const { request, keyId } = found;
    const isRight =
      client === request.client.id &&
      (redirectUri ?? request.redirectUri) === request.redirectUri &&
      isVerified(verifier, request.challenge);
    if (!isRight) {
      await this.endConsent(keyId);
      throw new OAuthRefusal('invalid_grant', 'The code is for another client_id, redirect_uri or code_verifier.');
    }
    return this.issueTokens(keyId, request.client.id);
  }

  private async refresh({ refresh_token: token = '', client_id: client }: TokenRequest): Promise<TokenReply> {
    const { oauth } = this.parts.stores;
    const before = await oauth.find(token);
    if (before !== undefined && before.client !== client)
      throw new OAuthRefusal('invalid_grant', 'The refresh token belongs to another program.');
    const found = await oauth.take(token);
    if (found !== undefined && 'reused' in found) await this.endConsent(found.reused);
    if (found === undefined || 'reused' in found)
      throw new OAuthRefusal('invalid_grant', 'The refresh token is unknown, was used, or is too old: sign in again.');
    return this.issueTokens(found.keyId, found.client);
  }

  private async issueTokens(keyId: string, client: string): Promise<TokenReply> {
    const { oauth, keys } = this.parts.stores;
    const { revokedAt, scopes } = await keys.get(keyId);
    if (revokedAt !== undefined) throw new OAuthRefusal('invalid_grant', 'The consent was withdrawn: sign in again.');
    const { access, refresh } = await oauth.give(keyId, client, { access: accessMs, refresh: refreshMs });
    return {
      access_token: access,
      refresh_token: refresh,
      token_type: 'Bearer',
      expires_in: accessMs / 1_000,
      scope: scopes.permissions.join(' '),
    };
  }

  /** Revokes the key of a consent, so that every token issued for it is refused. */
  private async endConsent(keyId: string): Promise<void> {
    const { stores, keys } = this.parts;
    const key = await stores.keys.get(keyId);
    await stores.oauth.endAll(keyId);
    if (key.revokedAt === undefined) await keys.revoke({ id: `key:${keyId}` }, keyId);
  }

  /** Errors: `not_found`, `forbidden`. */
  private open(id: string, principal: Principal): Request {
    if (principal.kind !== 'user' && principal.kind !== 'local')
      throw new HeddleError('forbidden', 'Only a person who is signed in can connect a program.');
    const found = this.requests.get(id);
    if (found === undefined || found.until <= this.now() || (found.who ?? principal.id) !== principal.id)
      throw new HeddleError('not_found', 'This request has expired: begin again in the program.');
    found.who = principal.id;
    return found;
  }

  private projectsOf(principal: Principal): Promise<readonly { readonly id: string; readonly name: string }[]> {
    const { projects } = this.parts.stores;
    const ids = principal.kind === 'local' ? [defaultProject] : [...principal.roles.keys()];
    return Promise.all(ids.map(async (id) => ({ id, name: (await projects.get(id)).name })));
  }

  private holds(principal: Principal, permission: Permission, project: string): boolean {
    return authorise(principal, permission, { kind: 'project', id: project, project }, this.now()) === 'allowed';
  }

  private now(): number {
    return this.parts.clock.now();
  }
}

/** Errors: `OAuthRefusal`, sent to the program. */
function checked(query: AuthorizationQuery, home: string): { challenge: string; permissions: readonly Permission[] } {
  if (query.response_type !== 'code') throw new OAuthRefusal('unsupported_response_type', 'Use response_type=code.');
  const { code_challenge: challenge = '', code_challenge_method: method } = query;
  if (method !== 'S256' || !/^[\w-]{43}$/.test(challenge))
    throw new OAuthRefusal('invalid_request', 'Send a code_challenge with code_challenge_method=S256.');
  checkResource(query.resource, home);
  if ((query.state ?? '').length > 2_000) throw new OAuthRefusal('invalid_request', 'The state is too long.');
  const asked = (query.scope ?? '').split(' ').filter((scope) => scope !== '' && scope !== 'offline_access');
  const named = offeredPermissions.filter((permission) => asked.includes(permission));
  // A program that builds workflows never decides about them, so it cannot request those rights.
  const permissions = named.includes('workflow:build') ? named.filter((right) => !neverForBuilders.has(right)) : named;
  if (asked.length > 0 && permissions.length === 0)
    throw new OAuthRefusal('invalid_scope', `The scopes are ${offeredPermissions.join(', ')}.`);
  return { challenge, permissions: permissions.length === 0 ? ['run:published'] : permissions };
}

/** A token is valid for `/mcp` and `/mcp/build` of this server only (RFC 8707). */
function checkResource(resource: string | undefined, home: string): void {
  const named = resource?.replace(/\/$/, '');
  if (named === undefined || [home, `${home}/mcp`, `${home}/mcp/build`].includes(named)) return;
  throw new OAuthRefusal('invalid_target', `Tokens of this server are for ${home}/mcp.`);
}

function isVerified(verifier: string, challenge: string): boolean {
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return false;
  return timingSafeEqual(Buffer.from(hash('sha256', verifier, 'base64url')), Buffer.from(challenge));
}

/** Removes expired entries, and beyond the limit the oldest ones. */
function makeRoom(waiting: Map<string, { readonly until: number }>, now: number): void {
  for (const [id, { until }] of waiting) if (until <= now || waiting.size >= mostWaiting) waiting.delete(id);
}
