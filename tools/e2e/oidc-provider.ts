import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The part of the provider's library that is used; the library has no types. */
type ProviderClass = new (issuer: string, configuration: object) => { callback(): RequestListener };

/** A sign-in provider on this machine. */
export interface SignInProvider {
  /** The settings with which Heddle is started. */
  readonly settings: Readonly<Record<string, string>>;
  /** Registers the address of Heddle, before the first sign-in. */
  knows(address: string): Promise<void>;
  close(): void;
}

const secret = 'a-secret-of-the-client';

/** Starts a provider with these people, by the name with which they sign in. */
export async function startSignInProvider(
  people: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Promise<SignInProvider> {
  let answer: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    settings: {
      HEDDLE_OIDC_ISSUER: issuer,
      HEDDLE_OIDC_CLIENT_ID: 'heddle',
      HEDDLE_OIDC_CLIENT_SECRET: secret,
      HEDDLE_OIDC_DOMAINS: 'example.org',
    },
    async knows(address) {
      const library = 'oidc-provider';
      const { default: OidcProvider } = (await import(library)) as { readonly default: ProviderClass };
      answer = new OidcProvider(issuer, {
        clients: [{ client_id: 'heddle', client_secret: secret, redirect_uris: [`${address}/api/auth/oidc/callback`] }],
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
        pkce: { required: () => true },
        findAccount: (_context: unknown, id: string) => ({
          accountId: id,
          claims: () => Promise.resolve({ sub: id, ...people[id] }),
        }),
      }).callback();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
