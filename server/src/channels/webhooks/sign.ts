import { createHmac, timingSafeEqual } from 'node:crypto';

/** The parts of a message that can be signed. */
export interface SignedMessage {
  readonly id: string;
  /** Seconds. */
  readonly timestamp: string;
  readonly body: Uint8Array;
}

/** The key bytes of a Standard Webhooks secret: after `whsec_` the text is base64; a secret without that prefix is used as it is. */
export function secretBytes(secret: string): Buffer {
  return secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret, 'utf8');
}

/** HMAC-SHA256 of `content`, after `{id}`, `{timestamp}` and `{body}` in it are replaced. */
export function hmacOf(key: Uint8Array, content: string, { id, timestamp, body }: SignedMessage): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of content.split(/(\{id\}|\{timestamp\}|\{body\})/))
    hmac.update(part === '{id}' ? id : part === '{timestamp}' ? timestamp : part === '{body}' ? body : part);
  return hmac.digest();
}

/**
 * The signature headers of a message, by Standard Webhooks.
 *
 * @example signStandard('whsec_…', { id: 'd_1', timestamp: '1700000000', body }) // { 'webhook-id': 'd_1', … }
 */
export function signStandard(secret: string, message: SignedMessage): Readonly<Record<string, string>> {
  const signature = hmacOf(secretBytes(secret), '{id}.{timestamp}.{body}', message).toString('base64');
  return {
    'webhook-id': message.id,
    'webhook-timestamp': message.timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/** Compares in constant time, so that the duration reveals nothing. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
