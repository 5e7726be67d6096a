import { createHmac, timingSafeEqual } from 'node:crypto';

/** The signed text: parts of a message, in the format of a sender. */
export interface SignedMessage {
  readonly id: string;
  /** Seconds. */
  readonly timestamp: string;
  readonly body: Uint8Array;
}

/** The bytes of a secret of Standard Webhooks: what follows `whsec_` in base64; any other text as it is. */
export function secretBytes(secret: string): Buffer {
  return secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret, 'utf8');
}

/** HMAC-SHA256 over a message, with `{id}`, `{timestamp}` and `{body}` replaced. */
export function hmacOf(key: Uint8Array, content: string, { id, timestamp, body }: SignedMessage): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of content.split(/(\{id\}|\{timestamp\}|\{body\})/))
    hmac.update(part === '{id}' ? id : part === '{timestamp}' ? timestamp : part === '{body}' ? body : part);
  return hmac.digest();
}

/**
 * The headers of a message by Standard Webhooks.
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

/** Compares in constant time. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
