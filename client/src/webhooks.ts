import { HeddleError } from './heddle-error.js';

/** A request that claims to be a webhook of Heddle. */
export interface ReceivedWebhook {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body exactly as received: parsed and serialised again, it would not match the signature. */
  readonly body: string | Uint8Array;
}

/** The largest accepted age of a message, in seconds, and the largest difference of clocks. Older messages may be replayed. */
const toleranceSeconds = 300;

/**
 * Returns the body of a webhook as JSON once its signature (Standard Webhooks) is verified. Errors: HeddleError `webhook_invalid`.
 *
 * @example const event = await verifyWebhook(process.env.SECRET, { headers: request.headers, body: await request.text() });
 */
export async function verifyWebhook(
  secret: string,
  { headers, body }: ReceivedWebhook,
  now = Date.now(),
): Promise<unknown> {
  const [id, time, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headerOf(headers, name),
  );
  if (id === undefined || time === undefined || signatures === undefined)
    throw invalid('it has no webhook-id, webhook-timestamp and webhook-signature');
  if (!/^\d{1,12}$/.test(time) || Math.abs(now / 1_000 - Number(time)) > toleranceSeconds)
    throw invalid('it is more than five minutes old, or a clock is wrong');
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const key = await crypto.subtle.importKey('raw', keyOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  const signed = joined(new TextEncoder().encode(`${id}.${time}.`), bytes);
  for (const signature of signatures.split(' ')) {
    const given = signature.startsWith('v1,') ? bytesOf(signature.slice('v1,'.length)) : undefined;
    // This comparison takes constant time.
    if (given !== undefined && (await crypto.subtle.verify('HMAC', key, given, signed)))
      return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  }
  throw invalid('its signature is not that of this secret');
}

const invalid = (why: string): HeddleError => new HeddleError('webhook_invalid', `The webhook is refused: ${why}.`, 0);

function headerOf(headers: ReceivedWebhook['headers'], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === 'string' ? found : found?.[0];
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const key = secret.startsWith('whsec_') ? bytesOf(secret.slice('whsec_'.length)) : new TextEncoder().encode(secret);
  if (key === undefined || key.length === 0)
    throw new HeddleError('bad_request', 'The secret of the webhook is empty or not base64.', 0);
  return key;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function joined(head: Uint8Array, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return all;
}
