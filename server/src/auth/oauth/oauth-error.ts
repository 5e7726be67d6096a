import { HeddleError } from '@heddle/core';

/** The error codes of OAuth 2.1, RFC 7591 and RFC 8707 that this server uses. */
type OAuthCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'access_denied'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'slow_down'
  | 'temporarily_unavailable';

/** A refusal with an error code of OAuth. */
export class OAuthRefusal extends Error {
  constructor(
    readonly code: OAuthCode,
    message: string,
  ) {
    super(message);
    this.name = 'OAuthRefusal';
  }
}

/** The status and body of a refusal (RFC 6749, 5.2). Any other error is thrown again. */
export function refusalOf(error: unknown): {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
} {
  if (error instanceof OAuthRefusal) {
    const status = error.code === 'invalid_client' ? 401 : error.code === 'temporarily_unavailable' ? 503 : 400;
    return { status, body: { error: error.code, error_description: error.message } };
  }
  if (error instanceof HeddleError && error.code === 'too_many_requests')
    return { status: 429, body: { error: 'slow_down', error_description: error.message } };
  throw error;
}
