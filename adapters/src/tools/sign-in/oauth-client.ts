import { HeddleError, withoutUndefined, type ToolOAuth, type ToolServer } from '@heddle/core';
import type { OAuthClientProvider } from '@modelcontextprotocol/client';
import type { Grant } from './grant-store.js';

/** A grant that is being obtained or renewed. */
export interface GrantDraft {
  client: Grant['client'] | undefined;
  discovery: Grant['discovery'] | undefined;
  tokens: Grant['tokens'] | undefined;
  verifier: string | undefined;
}

export interface OAuthClientOptions {
  readonly server: ToolServer;
  readonly draft: GrantDraft;
  readonly redirectUrl: string;
  readonly state: string;
  readonly clientSecret: string | undefined;
  readonly metadataUrl: string | undefined;
  /** Receives the address that a person must visit; throws if no person is there. */
  readonly onAddress: (address: URL) => void;
}

/** Reads the OAuth settings of a server. Errors: `bad_request` for a server without sign-in. */
export function oauthOf({ id, transport }: ToolServer): ToolOAuth {
  if (transport.kind === 'http' && transport.oauth !== undefined) return transport.oauth;
  throw new HeddleError('bad_request', `The tool server '${id}' has no sign-in configured.`, {
    details: { server: id },
  });
}

/** Creates the client object that the protocol's library needs. It works on a draft that no other code sees. */
export function oauthClient(options: OAuthClientOptions): OAuthClientProvider {
  const { draft, redirectUrl, clientSecret } = options;
  const { clientId, scope } = oauthOf(options.server);
  const known = clientId === undefined ? undefined : { client_id: clientId, client_secret: clientSecret };
  return {
    redirectUrl,
    ...withoutUndefined({ clientMetadataUrl: options.metadataUrl }),
    clientMetadata: {
      client_name: 'Heddle',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: clientSecret === undefined ? 'none' : 'client_secret_post',
      scope,
    },
    state: () => options.state,
    clientInformation: () => known ?? draft.client,
    saveClientInformation: known === undefined ? (client) => void (draft.client = { ...client }) : undefined,
    tokens: () => draft.tokens,
    saveTokens: (tokens) => void (draft.tokens = { ...tokens }),
    redirectToAuthorization: (address) => options.onAddress(address),
    saveCodeVerifier: (verifier) => void (draft.verifier = verifier),
    codeVerifier: () => draft.verifier ?? '',
    saveDiscoveryState: (found) => void (draft.discovery = { ...found }),
    discoveryState: () => draft.discovery,
    invalidateCredentials: (scopeOf) => {
      if (scopeOf === 'all' || scopeOf === 'tokens') draft.tokens = undefined;
      if (scopeOf === 'all' || scopeOf === 'client') draft.client = undefined;
    },
  };
}
