import { HeddleError, type SourceRequest } from '@heddle/core';
import { z } from 'zod';

const Token = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().default(3_600) });

/** How long before its expiry a token is renewed. */
const reserveMs = 300_000;

interface TokenOptions {
  /** The name of the service in errors. */
  readonly service: string;
  readonly address: string;
  /** The fields of the request. Errors: those of the secret. */
  readonly form: () => Promise<Readonly<Record<string, string>>>;
}

/**
 * Requests OAuth 2.0 access tokens, and reuses each until shortly before it expires. Errors: `source_unauthorized`, `source_unreachable`,
 * and those of `fetch` and of the form.
 *
 * @example const token = openTokens(request, { service: 'Google', address, form: async () => ({ grant_type: '…' }) });
 */
export function openTokens(
  { fetch, signal, now }: Pick<SourceRequest, 'fetch' | 'signal' | 'now'>,
  { service, address, form }: TokenOptions,
): () => Promise<string> {
  let token: { readonly text: string; readonly until: number } | undefined;
  return async () => {
    if (token !== undefined && token.until > now()) return token.text;
    const { status, body } = await fetch.fetch({
      url: address,
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(await form()).toString(),
    });
    const { data } = Token.safeParse(jsonOf(body));
    if (status === 200 && data !== undefined) {
      token = { text: data.access_token, until: now() + data.expires_in * 1_000 - reserveMs };
      return token.text;
    }
    if (status >= 500 || status === 429 || status === 200)
      throw new HeddleError('source_unreachable', `${service} returned no token (status ${status}).`);
    throw new HeddleError(
      'source_unauthorized',
      `${service} refuses the sign-in (status ${status}): check the secret of the source and the account that it signs in as.`,
    );
  };
}

/** Parses JSON; undefined if the text is not valid. */
export function jsonOf(text: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : new TextDecoder().decode(text));
  } catch {
    return undefined;
  }
}
