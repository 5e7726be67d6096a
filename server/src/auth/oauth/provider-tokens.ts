import type { IdentityStores } from '@heddle/adapters/identity';
import { HeddleError, KeyScopes, type Permission, type Principal } from '@heddle/core';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { isLoopback } from '../../http/host-check.js';
import { offeredPermissions } from './offered-permissions.js';

/** Where the keys of a provider are, as the provider states it. */
export interface ProviderKeys {
  readonly issuer: string;
  readonly address: string;
}

interface ProviderTokensParts {
  readonly stores: IdentityStores;
  /** Reads it from the provider. Errors: `provider_failed`. */
  readonly keysOf: () => Promise<ProviderKeys>;
  readonly publicUrl: string | undefined;
  readonly clock: { readonly now: () => number };
}

/** Signature algorithms that only the provider can use, so no shared secrets. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** How far the clocks of provider and server may differ. */
const toleranceSeconds = 30;
const longestToken = 8_192;

/** Whether a secret has the form of a signed token. No secret of Heddle has this form. */
export const isSignedToken = (secret: string): boolean =>
  secret.length <= longestToken && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret);

/**
 * Accepts access tokens of the configured sign-in provider at `/mcp`. The provider must have signed a token for this endpoint, and its
 * person must have signed in here through the provider before. The rights are those of the person within the scopes of the token. The
 * library and the keys of the provider are loaded at first use.
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
    if (user === undefined) throw notGood('its person has not signed in here through the provider yet');
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
      // If the keys cannot be read, the token is not at fault.
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

  /**
   * The audience that a token must name. Without a configured address, only a caller on this machine is trusted to state the address
   * correctly.
   */
  private resource(host: string | undefined): string | undefined {
    const { publicUrl } = this.parts;
    if (publicUrl !== undefined) return `${publicUrl.replace(/\/+$/, '')}/mcp`;
    const isHere = host !== undefined && isLoopback(host.replace(/:\d+$/, ''));
    return isHere ? `http://${host}/mcp` : undefined;
  }
}

/** The rights that the scopes of a token name, except that of `/mcp/build`. A token without such scopes may call published workflows. */
function permissionsIn({ scope, scp }: JWTPayload): readonly Permission[] {
  const named: readonly unknown[] = typeof scope === 'string' ? scope.split(' ') : [scp].flat();
  const found = offeredPermissions.filter(
    (permission) => permission !== 'workflow:build' && named.includes(permission),
  );
  return found.length === 0 ? ['run:published'] : found;
}

const notGood = (why: string, cause?: unknown): HeddleError =>
  new HeddleError('unauthorized', `The access token of the sign-in provider is not valid here: ${why}.`, { cause });
