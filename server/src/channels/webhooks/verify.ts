import { HeddleError, type HookScheme } from '@heddle/core';
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { hmacOf, isSame, secretBytes, type SignedMessage } from './sign.js';

/** How a sender signs, as data. */
interface Scheme {
  readonly signatureHeader: string;
  /** Finds the signatures in their header, encoded. */
  readonly signatures: RegExp;
  readonly encoding: 'hex' | 'base64';
  /** The key that a secret stands for. All but Standard Webhooks sign with its text as it is, Stripe's `whsec_…` too. */
  readonly keyOf: (secret: string) => Buffer;
  /** What is signed. */
  readonly content: string;
  /** Where the time is: a header of its own, or inside the one of the signature. Without one, a message can be replayed for ever. */
  readonly timestampHeader?: string;
  readonly timestampInside?: RegExp;
  readonly idHeader?: string;
  /** Member of the JSON body that names the delivery. */
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

/** A message that came in, as it was sent. */
export interface IncomingMessage {
  readonly headers: IncomingHttpHeaders;
  /** The bytes that were signed. */
  readonly body: Uint8Array;
  /** What they say, as JSON. */
  readonly content: unknown;
}

const mostSignatures = 10;

/**
 * Checks that a message is of who has the secret, and of now. Gives what names it, so that the same one twice begins one run. Errors:
 * `signature_invalid`, which never says how far a guess was from right.
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
  // Before the time is looked at: only who has the secret learns that it was too old.
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

/** The headers that a sender of a scheme would send with a message: the counterpart of `verifyMessage`. */
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

/** What the body names itself, else its hash: the same body is the same message then. */
function idOf(body: Uint8Array, content: unknown, member: string | undefined): string {
  const id: unknown =
    member !== undefined && typeof content === 'object' && content !== null ? Reflect.get(content, member) : undefined;
  if (typeof id === 'string' && /^[\x21-\x7e]{1,255}$/.test(id)) return id;
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

function invalid(why: string): HeddleError {
  return new HeddleError('signature_invalid', `The signature of the message is not right: ${why}.`);
}
