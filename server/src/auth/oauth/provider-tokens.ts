import type { IdentityStores } from '@heddle/adapters/identity';
import { HeddleError, KeyScopes, type Permission, type Principal } from '@heddle/core';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { isLoopback } from '../../http/host-check.js';
import { offeredPermissions } from './offered-permissions.js';

/** Where the keys of a provider are, as it says itself. */
export interface ProviderKeys {
  readonly issuer: string;
  readonly address: string;
}

interface ProviderTokensParts {
  readonly stores: IdentityStores;
  /** Asks the provider. Errors: `provider_failed`. */
  readonly keysOf: () => Promise<ProviderKeys>;
  readonly publicUrl: string | undefined;
  readonly clock: { readonly now: () => number };
}

/** Signatures that only the provider can make; a shared secret is none. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** How far the clocks of provider and server may be apart. */
const toleranceSeconds = 30;
const longestToken = 8_192;

/** Whether a secret has the form of a signed token, which none of ours has. */
export const isSignedToken = (secret: string): boolean =>
  secret.length <= longestToken && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret);

/**
 * Access tokens of the configured sign-in provider at `/mcp`: good where the provider signed them for this endpoint, and for a person who has
 * signed in here by it. The rights are those of the person within the scopes of the token. The library is loaded, and the provider asked for its keys, at the first use.
 */
export class ProviderTokens {
  private keys: Promise<{ readonly issuer: string; readonly find: JWTVerifyGetKey }> | undefined;

  constructor(private readonly parts: ProviderTokensParts) {}

  /** Errors: `unauthorized`, `provider_failed`. */
  async identify(token: string, host: string | undefined): Promise<Principal> {
    const resource = this.resource(host);
    if (resource === undefined) throw notGood('this server does not know its address: set HEDDLE_PUBLIC_URL');
    const payload = await this.verified(token, resource);
    const { users, projects } = this.parts.stores;
    const { sub = '', iss = '', exp = 0 } = payload;
    const user = await users.bySubject(iss, sub);
    if (user === undefined) throw notGood('its person has not signed in here by the provider yet');
    if (user.isDisabled) throw notGood('the account of its person is disabled');
    const id = `user:${user.id}`;
    const scopes = KeyScopes.parse({ permissions: permissionsIn(payload), expiresAt: exp * 1_000 });
    return { kind: 'user', id, name: user.name, roles: await projects.rolesOf(id), scopes };
  }

  private async verified(token: string, resource: string): Promise<JWTPayload> {
    const { jwtVerify, errors } = await import('jose');
    const { issuer, find } = await this.known();
    try {
      const { payload } = await jwtVerify(token, find, {
        issuer,
        audience: [resource, `${resource}/`],
        algorithms,
        clockTolerance: toleranceSeconds,
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(this.parts.clock.now()),
      });
      return payload;
    } catch (cause) {
      // Keys that cannot be read are no fault of a token.
      const unreadable = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];
      if (cause instanceof errors.JOSEError && !unreadable.includes(cause.code)) throw notGood(cause.message, cause);
      throw new HeddleError('provider_failed', 'The keys of the sign-in provider cannot be read.', { cause });
    }
  }

  private async known(): Promise<{ readonly issuer: string; readonly find: JWTVerifyGetKey }> {
    this.keys ??= this.read();
    try {
      return await this.keys;
    } catch (error) {
      this.keys = undefined;
      throw error;
    }
  }

  private async read(): Promise<{ readonly issuer: string; readonly find: JWTVerifyGetKey }> {
    const { issuer, address } = await this.parts.keysOf();
    const { createRemoteJWKSet } = await import('jose');
    return { issuer, find: createRemoteJWKSet(new URL(address), { timeoutDuration: 10_000 }) };
  }

  /** The audience of a token. Without a configured address, only a caller on this machine says truly where it calls. */
  private resource(host: string | undefined): string | undefined {
    const { publicUrl } = this.parts;
    if (publicUrl !== undefined) return `${publicUrl.replace(/\/+$/, '')}/mcp`;
    const isHere = host !== undefined && isLoopback(host.replace(/:\d+$/, ''));
    return isHere ? `http://${host}/mcp` : undefined;
  }
}

/** The rights that the scopes of a token name, without that of `/mcp/build`; a token without such scopes may call published workflows. */
function permissionsIn({ scope, scp }: JWTPayload): readonly Permission[] {
  const named: readonly unknown[] = typeof scope === 'string' ? scope.split(' ') : [scp].flat();
  const found = offeredPermissions.filter(
    (permission) => permission !== 'workflow:build' && named.includes(permission),
  );
  return found.length === 0 ? ['run:published'] : found;
}

const notGood = (why: string, cause?: unknown): HeddleError =>
  new HeddleError('unauthorized', `The access token of the sign-in provider is not valid here: ${why}.`, { cause });
