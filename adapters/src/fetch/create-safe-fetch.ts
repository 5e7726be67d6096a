import type { IncomingMessage } from 'node:http';
import { checkSecretHost, HeddleError, type LabelLevel, type SafeRequest, type SafeResponse } from '@heddle/core';
import { checkUrl, type AllowedHost, type Target } from './check-url.js';
import { signedHeader, type Credential, type SignedHeader, type SigningFetch } from './credential.js';
import { readBeginning, readBody } from './read-body.js';
import { resolveTarget, systemResolve, type Resolve } from './resolve-host.js';
import { sendRequest } from './send-request.js';
import { cleanText, withoutSecret } from './without-secret.js';

interface SafeFetchOptions {
  /** Hosts that may be fetched although they are not public: `name`, `name:port`, `*.name`. */
  readonly allowedHosts?: readonly AllowedHost[];
  /** The most redirects that are followed. Default 5. */
  readonly maxRedirects?: number;
  /** The highest label that may be sent to the web. Default `internal`. */
  readonly clearance?: LabelLevel;
  readonly resolve?: Resolve;
}

const defaultMaxBytes = 5_000_000;
const defaultTimeoutMs = 30_000;
/** Headers that a redirect may take to another site. Any other header could prove the identity of the sender. */
const travelling: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'accept-encoding',
  'content-type',
  'user-agent',
]);
const ofTheConnection: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'proxy-authorization',
  'proxy-connection',
]);

interface Hop {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** The header with the credential. Only hosts that may have it get it; a redirect to another site or host drops it. */
  readonly signed: SignedHeader | undefined;
}

/**
 * Fetches addresses that users, models and documents name. Each address, also after a redirect, is checked as written, as resolved, and as
 * connected. Size, time and redirects are limited.
 *
 * @example const reply = await createSafeFetch().fetch({ url: 'https://example.com/' });
 */
export function createSafeFetch(options: SafeFetchOptions = {}): SigningFetch {
  const { allowedHosts = [], maxRedirects = 5, clearance = 'internal', resolve = systemResolve } = options;

  /** Sends a notice: follows no redirect and reads only the beginning of the reply. */
  const tell = async (hop: Hop, maxBytes: number, signal: AbortSignal): Promise<SafeResponse> => {
    const target = checkUrl(hop.url, allowedHosts);
    const addresses = await stoppable(resolveTarget(target, resolve), signal);
    const message = await sendRequest(target, addresses, { ...sent(hop, target), signal });
    return replyOf(message, target, await readBeginning(message, maxBytes, target.host));
  };

  const follow = async (first: Hop, maxBytes: number, signal: AbortSignal): Promise<SafeResponse> => {
    let hop = first;
    for (let redirects = 0; ; redirects += 1) {
      const target = checkUrl(hop.url, allowedHosts);
      const addresses = await stoppable(resolveTarget(target, resolve), signal);
      const message = await sendRequest(target, addresses, { ...sent(hop, target), signal });
      const next = redirectOf(message, target, hop);
      if (next === undefined)
        return replyOf(
          message,
          target,
          hop.method === 'HEAD' ? undefined : await stoppable(readBody(message, maxBytes, target.host), signal),
        );
      message.destroy();
      if (redirects >= maxRedirects)
        throw new HeddleError(
          'fetch_failed',
          `'${first.url.slice(0, 200)}' redirects more than ${maxRedirects} times.`,
          { retryable: false },
        );
      hop = next;
    }
  };

  return {
    destination: { name: 'web', clearance, isLocal: false },
    async fetch(request, credential) {
      const signed = credential === undefined ? undefined : await signedFor(credential, request.url, allowedHosts);
      const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
      const { signal, clear } = deadline(request.url, timeoutMs, request.signal);
      const forms = signed?.forms ?? [];
      try {
        const exchange = request.isNotice === true ? tell : follow;
        const reply = await exchange(firstHop(request, signed), request.maxBytes ?? defaultMaxBytes, signal);
        return withoutSecret(reply, forms);
      } catch (cause) {
        // An error after the time limit is reported as the time-out, and an error after the caller's abort as the abort.
        if (signal.aborted && signal.reason instanceof HeddleError) throw signal.reason;
        throw withoutSecrets(toFetchError(cause), forms);
      } finally {
        clear();
      }
    },
  };
}

/** Throws before anything is resolved or sent. Errors: `fetch_blocked`, `secret_host_refused`, `secret_needs_host`. */
async function signedFor(
  credential: Credential,
  url: string,
  allowedHosts: readonly AllowedHost[],
): Promise<SignedHeader> {
  checkSecretHost(credential, checkUrl(url, allowedHosts).url);
  return signedHeader(credential, ofTheConnection);
}

function sent(hop: Hop, { url }: Target): Hop {
  const { signed, headers } = hop;
  return signed?.allows(url) === true ? { ...hop, headers: { ...headers, [signed.name]: signed.value } } : hop;
}

function toFetchError(cause: unknown): HeddleError {
  if (cause instanceof HeddleError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HeddleError('fetch_failed', `The reply could not be read: ${why}.`, { cause });
}

/** Removes the secret from an error. A message can quote the other side; if it contains the secret, the cause is dropped too. */
function withoutSecrets(error: HeddleError, forms: readonly string[]): HeddleError {
  const text = cleanText(error.message, forms);
  return text === error.message ? error : new HeddleError(error.code, text, { retryable: error.retryable });
}

function firstHop(
  { url, method = 'GET', headers = {}, body }: Omit<SafeRequest, 'signIn'>,
  signed: SignedHeader | undefined,
): Hop {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const own = { accept: '*/*', 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'Heddle' };
  return {
    url,
    method,
    body,
    signed,
    headers: { ...own, ...Object.fromEntries(given.filter(([name]) => !ofTheConnection.has(name))) },
  };
}

/** The next request of a redirect; undefined if the reply is no redirect. */
function redirectOf({ statusCode = 0, headers }: IncomingMessage, { url }: Target, hop: Hop): Hop | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return undefined;
  // A location that repeats the secret would carry it on to the next host.
  const location = cleanText(headers.location, hop.signed?.forms ?? []);
  if (!URL.canParse(location, url.href))
    throw new HeddleError('fetch_failed', `'${url.host}' redirects to an invalid address.`, {
      retryable: false,
    });
  const next = new URL(location, url);
  // As in browsers: the body is sent again only if the status says so.
  const isReading =
    statusCode === 303 ? hop.method !== 'HEAD' : (statusCode === 301 || statusCode === 302) && hop.method === 'POST';
  const kept = Object.entries(hop.headers).filter(
    ([name]) => (next.origin === url.origin || travelling.has(name)) && !(isReading && name === 'content-type'),
  );
  return {
    url: next.href,
    method: isReading ? 'GET' : hop.method,
    body: isReading ? undefined : hop.body,
    signed: next.origin === url.origin ? hop.signed : undefined,
    headers: Object.fromEntries(kept),
  };
}

function replyOf(message: IncomingMessage, { url }: Target, body: Uint8Array | undefined): SafeResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    // The body is decompressed already; its old length and encoding would mislead.
    if (value === undefined || ofTheConnection.has(name) || name === 'content-encoding') continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  if (body === undefined) message.destroy();
  return { status: message.statusCode ?? 0, headers, body: body ?? new Uint8Array(), url: url.href };
}

/** The host of an address that is not checked yet. The error shows no more of it: the rest can hold a secret. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : 'The address');

/** A signal for the whole exchange: it aborts on the caller's signal or at the time limit, whichever comes first. */
function deadline(
  url: string,
  timeoutMs: number,
  outer: AbortSignal | undefined,
): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new HeddleError('fetch_timeout', `'${hostOf(url)}' did not answer within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  const stop = (): void => controller.abort(new HeddleError('aborted', 'The request was stopped.'));
  if (outer?.aborted === true) stop();
  outer?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', stop);
    },
  };
}

/** Stops waiting when the signal aborts. A name lookup itself cannot be stopped. */
function stoppable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void =>
      reject(signal.reason instanceof Error ? signal.reason : new HeddleError('aborted', 'The request was stopped.'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
