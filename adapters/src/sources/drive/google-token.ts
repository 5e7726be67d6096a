import { createSign } from 'node:crypto';
import { HeddleError, type SourceRequest } from '@heddle/core';
import { z } from 'zod';
import { jsonOf, openTokens } from '../api/access-token.js';

/** The used fields of a service account's key file. */
const ServiceAccount = z.object({ client_email: z.string().min(1), private_key: z.string().min(1) });

const lifetimeSeconds = 3_600;

/**
 * Signs in as a service account (RFC 7523). The private key is not sent; the server gets a signed claim. Errors: those of `openTokens`.
 *
 * @example const token = openGoogleTokens(request, { address: 'https://oauth2.googleapis.com/token', scope: '…/drive.readonly' });
 */
export function openGoogleTokens(
  request: Pick<SourceRequest, 'fetch' | 'secret' | 'signal' | 'now'>,
  {
    address,
    scope,
    subject,
  }: { readonly address: string; readonly scope: string; readonly subject?: string | undefined },
): () => Promise<string> {
  const { secret, now } = request;
  const form = async (): Promise<Readonly<Record<string, string>>> => {
    if (secret === undefined)
      throw new HeddleError('source_unauthorized', 'The source needs a secret: the key of a service account, as JSON.');
    const assertion = signed(await secret.valueFor(new URL(address)), { aud: address, scope, sub: subject }, now());
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  };
  return openTokens(request, { service: 'Google', address, form });
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
