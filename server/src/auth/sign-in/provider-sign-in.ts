import { newToken } from '@heddle/adapters/identity';
import { HeddleError, type Clock } from '@heddle/core';
import type { Configuration } from 'openid-client';
import type { ProviderKeys } from '../oauth/provider-tokens.js';
import { isLoopback } from '../../http/host-check.js';

/** A sign-in provider, from the settings. */
interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

/** The claims of a provider about a user who signed in there. */
export interface ProviderClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A sign-in that has begun: the browser goes to `address` and returns with `ticket` in a cookie. */
export interface BegunProviderSignIn {
  readonly ticket: string;
  readonly address: string;
}

interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly back: string;
  readonly to: string;
  readonly endsAt: number;
}

const attemptMs = 10 * 60_000;
const mostAttempts = 10_000;

/**
 * Authorization code flow with PKCE (OpenID Connect). The library is loaded, and the endpoints of the provider are requested, at first use.
 * State, nonce and verifier bind the reply to the browser and are kept here. Each is valid once and for ten minutes.
 */
export class ProviderSignIn {
  private configuration: Promise<Configuration> | undefined;
  private readonly attempts = new Map<string, Attempt>();

  constructor(
    private readonly settings: ProviderSettings,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Errors: `provider_failed` if the provider does not reply. */
  async begin(back: string, to: string): Promise<BegunProviderSignIn> {
    const client = await import('openid-client');
    const configuration = await this.configure();
    const verifier = client.randomPKCECodeVerifier();
    const attempt = { verifier, state: client.randomState(), nonce: client.randomNonce(), back, to };
    const address = client.buildAuthorizationUrl(configuration, {
      redirect_uri: back,
      scope: 'openid email profile',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: attempt.state,
      nonce: attempt.nonce,
    });
    const now = this.clock.now();
    for (const [ticket, { endsAt }] of this.attempts)
      if (endsAt <= now || this.attempts.size >= mostAttempts) this.attempts.delete(ticket);
    const ticket = newToken('ho');
    this.attempts.set(ticket, { ...attempt, endsAt: now + attemptMs });
    return { ticket, address: address.href };
  }

  /** Checks the reply of the provider. Each sign-in is valid once. Errors: `sign_in_failed`. */
  async finish(ticket: string | undefined, query: string): Promise<ProviderClaims & { readonly to: string }> {
    const attempt = ticket === undefined ? undefined : this.attempts.get(ticket);
    this.attempts.delete(ticket ?? '');
    if (attempt === undefined || attempt.endsAt <= this.clock.now())
      throw new HeddleError('sign_in_failed', 'This sign-in was started elsewhere, or too long ago: start again.');
    const client = await import('openid-client');
    const configuration = await this.configure();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, new URL(`${attempt.back}${query}`), {
        pkceCodeVerifier: attempt.verifier,
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('the provider sent no id token');
      const more = configuration.serverMetadata().userinfo_endpoint;
      const userInfo =
        more === undefined ? {} : await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      return { issuer: claims.iss, subject: claims.sub, claims: { ...userInfo, ...claims }, to: attempt.to };
    } catch (cause) {
      throw new HeddleError(
        'sign_in_failed',
        'The sign-in provider refused, or its answer does not fit: begin again.',
        {
          cause,
        },
      );
    }
  }

  /** Where the provider publishes its signing keys. Errors: `provider_failed`. */
  async keys(): Promise<ProviderKeys> {
    const { issuer, jwks_uri: address } = (await this.configure()).serverMetadata();
    if (address !== undefined) return { issuer, address };
    throw new HeddleError('provider_failed', `The sign-in provider ${issuer} names no keys (jwks_uri).`);
  }

  private async configure(): Promise<Configuration> {
    this.configuration ??= this.discover();
    try {
      return await this.configuration;
    } catch (cause) {
      this.configuration = undefined;
      throw new HeddleError('provider_failed', `The sign-in provider ${this.settings.issuer} does not answer.`, {
        cause,
      });
    }
  }

  private async discover(): Promise<Configuration> {
    const client = await import('openid-client');
    const { issuer, clientId, clientSecret } = this.settings;
    const url = new URL(issuer);
    const isPlain = url.protocol === 'http:';
    if (isPlain && !isLoopback(url.hostname))
      throw new HeddleError('setting_invalid', 'HEDDLE_OIDC_ISSUER must be https, except on this machine.');
    return client.discovery(url, clientId, clientSecret, clientSecret === undefined ? client.None() : undefined, {
      timeout: 10,
      // oxlint-disable-next-line typescript/no-deprecated -- on this machine only, see above: the library marks it so that nobody takes it for the usual way
      ...(isPlain ? { execute: [client.allowInsecureRequests] } : {}),
    });
  }
}
