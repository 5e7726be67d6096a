import { HeddleError, type HookScheme } from '@heddle/core';
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { hmacOf, isSame, secretBytes, type SignedMessage } from './sign.js';

/** How a sender signs its messages, as data. */
interface Scheme {
  readonly signatureHeader: string;
  /** Finds the encoded signatures in the signature header. */
  readonly signatures: RegExp;
  readonly encoding: 'hex' | 'base64';
  /** Makes the key from a secret. All schemes except Standard Webhooks use the text of the secret, including Stripe's `whsec_…`. */
  readonly keyOf: (secret: string) => Buffer;
  /** A template of the signed text; see `hmacOf`. */
  readonly content: string;
  /** The header with the time, or the part of the signature header that holds it. Without a time, a message can be replayed for ever. */
  readonly timestampHeader?: string;
  readonly timestampInside?: RegExp;
  readonly idHeader?: string;
  /** The member of the JSON body that identifies the delivery. */
  readonly idMember?: string;
}

const textBytes = (secret: string): Buffer => Buffer.from(secret, 'utf8');

export const schemes: Readonly<Record<HookScheme, Scheme>> = {
  standard: {
    signatureHeader: 'webhook-signature',
    signatures: /(?:^|\s)v1,([A-Za-z0-9+/=]{43,44})(?=\s|$)/g,
    encoding: 'base64',
    keyOf: secretBytes,
    content: '{id}.{timestamp}.{body}',
    timestampHeader: 'webhook-timestamp',
    idHeader: 'webhook-id',
  },
  github: {
    signatureHeader: 'x-hub-signature-256',
    signatures: /^sha256=([0-9a-f]{64})$/g,
    encoding: 'hex',
    keyOf: textBytes,
    content: '{body}',
    idHeader: 'x-github-delivery',
  },
  stripe: {
    signatureHeader: 'stripe-signature',
    signatures: /(?:^|,)\s*v1=([0-9a-f]{64})(?=,|$)/g,
    encoding: 'hex',
    keyOf: textBytes,
    content: '{timestamp}.{body}',
    timestampInside: /(?:^|,)\s*t=(\d{1,15})(?=,|$)/,
    idMember: 'id',
  },
  slack: {
    signatureHeader: 'x-slack-signature',
    signatures: /^v0=([0-9a-f]{64})$/g,
    encoding: 'hex',
    keyOf: textBytes,
    content: 'v0:{timestamp}:{body}',
    timestampHeader: 'x-slack-request-timestamp',
    idMember: 'event_id',
  },
};

export interface IncomingMessage {
  readonly headers: IncomingHttpHeaders;
  /** The signed bytes. */
  readonly body: Uint8Array;
  /** The body, parsed as JSON. */
  readonly content: unknown;
}

const mostSignatures = 10;

/**
 * Checks that a message was signed with the secret and is recent. Returns its id, so that a repeated message starts only one run. Errors:
 * `signature_invalid`, which never reveals how close a guess was.
 */
export function verifyMessage(
  name: HookScheme,
  { headers, body, content }: IncomingMessage,
  {
    secret,
    now,
    toleranceSeconds,
  }: { readonly secret: string; readonly now: number; readonly toleranceSeconds: number },
): { readonly deliveryId: string } {
  const scheme = schemes[name];
  const header = (of: string | undefined): string => (of === undefined ? '' : String(headers[of] ?? ''));
  const signed = header(scheme.signatureHeader);
  const hasTime = scheme.timestampHeader !== undefined || scheme.timestampInside !== undefined;
  const timestamp = scheme.timestampInside?.exec(signed)?.[1] ?? header(scheme.timestampHeader);
  if (hasTime && !/^\d{1,15}$/.test(timestamp)) throw invalid('it has no time');
  // The signature is checked before the time, so that only the owner of the secret learns that a message was too old.
  const id = header(scheme.idHeader);
  const expected = hmacOf(scheme.keyOf(secret), scheme.content, { id, timestamp, body });
  const given = [...signed.slice(0, 4_096).matchAll(scheme.signatures)].slice(0, mostSignatures);
  if (!given.some(([, text = '']) => isSame(Buffer.from(text, scheme.encoding), expected)))
    throw invalid('it does not fit the body and the secret');
  if (hasTime && Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds)
    throw invalid(`it was signed more than ${toleranceSeconds} seconds ago, or ahead`);
  if (scheme.idHeader !== undefined && !/^[\x21-\x7e]{1,255}$/.test(id)) throw invalid('it has no id');
  return { deliveryId: id === '' ? idOf(body, content, scheme.idMember) : id };
}

/** The signature headers of a message in a scheme, as `verifyMessage` expects them. */
export function signedHeaders(
  name: HookScheme,
  secret: string,
  message: SignedMessage,
): Readonly<Record<string, string>> {
  const { content, encoding, keyOf } = schemes[name];
  const mac = hmacOf(keyOf(secret), content, message).toString(encoding);
  const { id, timestamp } = message;
  switch (name) {
    case 'standard':
      return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
    case 'github':
      return { 'x-github-delivery': id, 'x-hub-signature-256': `sha256=${mac}` };
    case 'stripe':
      return { 'stripe-signature': `t=${timestamp},v1=${mac}` };
    case 'slack':
      return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${mac}` };
  }
}

/** The id in the body, else the hash of the body, so that equal bodies count as one message. */
function idOf(body: Uint8Array, content: unknown, member: string | undefined): string {
  const id: unknown =
    member !== undefined && typeof content === 'object' && content !== null ? Reflect.get(content, member) : undefined;
  if (typeof id === 'string' && /^[\x21-\x7e]{1,255}$/.test(id)) return id;
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

function invalid(why: string): HeddleError {
  return new HeddleError('signature_invalid', `The signature of the message is not valid: ${why}.`);
}
