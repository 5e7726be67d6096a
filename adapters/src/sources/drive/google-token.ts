import { createSign } from 'node:crypto';
import { HeddleError, type SourceRequest } from '@heddle/core';
import { z } from 'zod';

/** The key of a service account, as Google gives it. Other fields are not used. */
const ServiceAccount = z.object({ client_email: z.string().min(1), private_key: z.string().min(1) });
const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().default(3_600) });

/** A token is renewed before it ends. */
const reserveMs = 300_000;
const lifetimeSeconds = 3_600;

/**
 * Signs in as a service account (RFC 7523). The private key stays here; the server gets a signed claim.
 * Errors: `source_unauthorized`, `source_unreachable`, and those of `fetch` and of the secret.
 *
 * @example const token = openTokens(request, { address: 'https://oauth2.googleapis.com/token', scope: '…/drive.readonly' });
 */
export function openTokens(
  { fetch, secret, signal, now }: Pick<SourceRequest, 'fetch' | 'secret' | 'signal' | 'now'>,
  {
    address,
    scope,
    subject,
  }: { readonly address: string; readonly scope: string; readonly subject?: string | undefined },
): () => Promise<string> {
  let token: { readonly text: string; readonly until: number } | undefined;
  return async () => {
    if (token !== undefined && token.until > now()) return token.text;
    if (secret === undefined)
      throw new HeddleError('source_unauthorized', 'The source needs a secret: the key of a service account, as JSON.');
    const assertion = signed(await secret.valueFor(new URL(address)), { aud: address, scope, sub: subject }, now());
    const reply = await fetch.fetch({
      ...{ url: address, method: 'POST', signal },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(),
    });
    const { data } = Token.safeParse(jsonOf(reply.body));
    if (reply.status === 200 && data !== undefined) {
      token = { text: data.access_token, until: now() + data.expires_in * 1_000 - reserveMs };
      return token.text;
    }
    if (reply.status >= 500 || reply.status === 429 || reply.status === 200)
      throw new HeddleError('source_unreachable', `Google gave no token (status ${reply.status}).`);
    throw new HeddleError(
      'source_unauthorized',
      `Google refuses the service account (status ${reply.status}): check its key, and the user that it stands for.`,
    );
  };
}

function signed(key: string, claims: object, now: number): string {
  const { data } = ServiceAccount.safeParse(jsonOf(key));
  if (data === undefined)
    throw new HeddleError(
      'source_unauthorized',
      'The secret of the source is not the key of a service account, as JSON.',
    );
  const iat = Math.floor(now / 1_000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = encode({ alg: 'RS256', typ: 'JWT' });
  const body = `${head}.${encode({ iss: data.client_email, ...claims, iat, exp: iat + lifetimeSeconds })}`;
  try {
    return `${body}.${createSign('RSA-SHA256').update(body).sign(data.private_key, 'base64url')}`;
  } catch (cause) {
    throw new HeddleError('source_unauthorized', 'The private key of the service account cannot be read.', { cause });
  }
}

function jsonOf(text: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : new TextDecoder().decode(text));
  } catch {
    return undefined;
  }
}
