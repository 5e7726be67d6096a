import type { IdentityStores, StoredKey } from '@heddle/adapters/identity';
import { HeddleError, localPrincipal, type Clock, type Principal, type Role } from '@heddle/core';
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials, Identity } from './identity.js';
import { networkOf } from '../http/network-of.js';
import { isSignedToken, type ProviderTokens } from './oauth/provider-tokens.js';
import type { RateLimits } from './rate-limits.js';
import { readSessionCookie } from './sign-in/session-cookie.js';

interface AccountIdentityOptions {
  readonly stores: IdentityStores;
  readonly rates: RateLimits;
  readonly clock: Pick<Clock, 'now'>;
  /**
   * The token that commands of the same operating-system user send. It is in the lock file of the data folder, which only its owner can
   * read.
   */
  readonly commandToken: string;
  isSignInNeeded(): Promise<boolean>;
  /** Verifies tokens of the sign-in provider; undefined if none is configured. */
  readonly providerTokens: ProviderTokens | undefined;
}

const anonymous: Principal = { kind: 'anonymous', id: 'anonymous', name: '', roles: new Map() };
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Identifies the caller by API key, command token or session. On loopback, before sign-in is set up, the caller is the local user. */
export function createAccountIdentity(parts: AccountIdentityOptions): Identity {
  const tokenHash = digest(parts.commandToken);
  return {
    async identify(credentials) {
      const { headers } = credentials;
      const bearer = headers.authorization;
      if (bearer !== undefined) {
        const secret = /^bearer +(\S+)$/i.exec(bearer)?.[1] ?? '';
        if (timingSafeEqual(digest(secret), tokenHash)) return localPrincipal;
        return bySecret(parts, secret, credentials);
      }
      const user = await bySession(parts, credentials);
      if (user !== undefined) return user;
      return isForwarded(headers) || (await parts.isSignInNeeded()) ? anonymous : localPrincipal;
    },
  };
}

function bySecret(parts: AccountIdentityOptions, secret: string, credentials: Credentials): Promise<Principal> {
  if (secret.startsWith('hat_')) return byToken(parts, secret, credentials);
  const { providerTokens: tokens } = parts;
  return tokens !== undefined && isMcp(credentials) && isSignedToken(secret)
    ? byProviderToken(parts, tokens, secret, credentials)
    : byKey(parts, secret, credentials);
}

/**
 * Identifies a program that has an access token of the sign-in provider. Errors: `unauthorized`, `too_many_requests`, `provider_failed`.
 */
async function byProviderToken(
  { rates }: AccountIdentityOptions,
  tokens: ProviderTokens,
  secret: string,
  { headers, ip }: Credentials,
): Promise<Principal> {
  try {
    return await tokens.identify(secret, headers.host);
  } catch (error) {
    rates.take(`bad-key:${networkOf(ip)}`, 60);
    throw error;
  }
}

const isMcp = ({ url }: Credentials): boolean => /^\/mcp(?:\?|$)/.test(url);

/**
 * Identifies a program that a person connected; valid at `/mcp` and `/mcp/build` only. It acts as the person, with the rights that the
 * person gave it and still has. Errors: `unauthorized`, `too_many_requests`.
 */
async function byToken(
  { stores, rates }: AccountIdentityOptions,
  secret: string,
  { ip, url }: Credentials,
): Promise<Principal> {
  const isToken = /^\/mcp(?:\/build)?(?:\?|$)/.test(url) && /^hat_[\w-]{43}$/.test(secret);
  const token = isToken ? await stores.oauth.find(secret) : undefined;
  const key = token?.kind === 'access' ? await stores.keys.get(token.keyId) : undefined;
  if (token === undefined || key === undefined || key.revokedAt !== undefined) {
    rates.take(`bad-key:${networkOf(ip)}`, 60);
    throw new HeddleError('unauthorized', 'The access token is not valid here: sign in again.');
  }
  const scopes = { ...key.scopes, expiresAt: Math.min(key.scopes.expiresAt ?? Infinity, token.expiresAt) };
  const roles = new Map([[key.project, await ownerRoles(stores, key)]]);
  if (!key.owner.startsWith('user:')) return { kind: 'key', id: `key:${key.id}`, name: key.name, roles, scopes };
  const { name } = await stores.users.get(key.owner.slice('user:'.length));
  return { kind: 'user', id: key.owner, name, roles, scopes };
}

/** Errors: `unauthorized`, `key_expired`, `scope_missing`, `too_many_requests`. */
async function byKey(
  { stores, rates, clock }: AccountIdentityOptions,
  secret: string,
  { headers, ip }: Credentials,
): Promise<Principal> {
  const key = /^hk_[\w-]{43}$/.test(secret) ? await stores.keys.find(secret) : undefined;
  if (key === undefined || key.revokedAt !== undefined) {
    rates.take(`bad-key:${networkOf(ip)}`, 60);
    throw new HeddleError('unauthorized', 'The API key is not known here, or was revoked.');
  }
  const { scopes } = key;
  if (scopes.expiresAt !== undefined && scopes.expiresAt <= clock.now())
    throw new HeddleError('key_expired', `The API key '${key.name}' has expired: ask for a new one.`);
  if (scopes.origins !== undefined && headers.origin !== undefined && !scopes.origins.includes(headers.origin))
    throw new HeddleError('scope_missing', 'The API key must not be used from this origin.');
  if (scopes.ratePerMinute !== undefined) rates.take(`key-scope:${key.id}`, scopes.ratePerMinute);
  return {
    kind: 'key',
    id: `key:${key.id}`,
    name: key.name,
    roles: new Map([[key.project, await ownerRoles(stores, key)]]),
    scopes,
    narrowedFrom: key.narrowedFrom,
  };
}

/** The roles that the owner of a key has now. The key can do no more. */
export async function ownerRoles(stores: IdentityStores, key: StoredKey): Promise<readonly Role[]> {
  if (key.owner === 'local') return ['owner'];
  if (key.owner.startsWith('user:') && (await stores.users.get(key.owner.slice('user:'.length))).isDisabled) return [];
  return (await stores.projects.rolesOf(key.owner)).get(key.project) ?? [];
}

/** Errors: `session_expired`, `bad_origin`. */
async function bySession(parts: AccountIdentityOptions, credentials: Credentials): Promise<Principal | undefined> {
  const cookie = readSessionCookie(credentials.headers);
  if (cookie === undefined) return undefined;
  const { stores } = parts;
  const session = await stores.sessions.find(cookie.token);
  if (session === 'ended' && (await parts.isSignInNeeded()))
    throw new HeddleError('session_expired', 'Your session has ended: sign in again.');
  if (session === undefined || session === 'ended' || session.isSecure !== cookie.isSecure) return undefined;
  const user = await stores.users.get(session.userId);
  if (user.isDisabled) return undefined;
  refuseForgery(credentials);
  const id = `user:${user.id}`;
  return { kind: 'user', id, name: user.name, roles: await stores.projects.rolesOf(id) };
}

/**
 * A browser sends the cookie by itself, so a request that changes something must prove that it comes from Heddle's own page. `Origin` was
 * checked against Host before.
 */
function refuseForgery({ method, headers }: Credentials): void {
  if (safeMethods.has(method) || headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin') return;
  if (headers['x-heddle-request'] !== undefined) return;
  throw new HeddleError('bad_origin', 'A change with a session needs an Origin, or the header x-heddle-request.');
}

/** Whether a proxy forwarded the request. Then its sender is not the local user. */
function isForwarded(headers: IncomingHttpHeaders): boolean {
  return proxyHeaders.some((name) => headers[name] !== undefined);
}

const proxyHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-real-ip', 'via'];

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
