import { HeddleError, toHeddleError, type TimeSource, type TraceparentFor } from '@heddle/core';
import { codeOf } from '../../database/storage-error.js';
import { providerError } from './provider-error.js';
import { retryAfterMs } from './retry-delay.js';

export interface ExchangeOptions {
  readonly connection: string;
  readonly model?: string | undefined;
  readonly key: string | undefined;
  readonly clock: TimeSource;
  readonly wall: Pick<TimeSource, 'now'>;
  readonly timeouts: { readonly connectMs: number; readonly idleMs: number };
  /** Time of `clock` at which the whole call must have ended. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** Most bytes of a reply. */
  readonly maxBytes?: number | undefined;
  /** The trace that the call is a part of. */
  readonly traceparent?: TraceparentFor | undefined;
}

/**
 * One try of a call: it owns the time limits, the size limit and the socket, and remembers what really went wrong, whatever a
 * client library makes of it.
 */
export interface Exchange {
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
  readonly key: string;
  /** Throws what went wrong, for libraries that end a stream in silence. */
  check(): void;
  /** The error that a thrown value stands for. */
  toError(thrown: unknown): HeddleError;
  /** Frees the socket and the timers. */
  close(): void;
}

const mostReplyBytes = 64 * 1024 * 1024;
const mostErrorBytes = 64 * 1024;

/** Opens an exchange; `close` must follow. */
export function openExchange(options: ExchangeOptions): Exchange {
  const { clock, wall, connection, timeouts, signal, key, model } = options;
  const controller = new AbortController();
  const timers = new Set<() => void>();
  let failure: HeddleError | undefined;
  let lastHeaders: Headers | undefined;

  const fail = (error: HeddleError): HeddleError => {
    failure ??= error;
    controller.abort(failure);
    return failure;
  };
  const stop = (): void => void fail(new HeddleError('aborted', `The call of connection '${connection}' was stopped.`));
  const after = (time: number, what: string): (() => void) => {
    const cancel = clock.at(time, () => {
      fail(new HeddleError('provider_timeout', `Connection '${connection}': ${what}.`, { details: { connection } }));
    });
    timers.add(cancel);
    return () => {
      timers.delete(cancel);
      cancel();
    };
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  after(options.deadline, 'the call took longer than its whole time limit');

  const send: typeof globalThis.fetch = async (input, init) => {
    const follow = (): void => controller.abort();
    init?.signal?.addEventListener('abort', follow, { once: true });
    const arrived = after(clock.now() + timeouts.connectMs, `no reply began within ${timeouts.connectMs} ms`);
    try {
      const headers = traced(input, init?.headers);
      const response = await globalThis.fetch(input, {
        ...init,
        headers,
        redirect: 'manual',
        signal: controller.signal,
      });
      lastHeaders = response.headers;
      return guard(response);
    } catch (error) {
      throw failure ?? (controller.signal.aborted ? error : fail(unreachable(error)));
    } finally {
      arrived();
    }
  };

  function traced(input: Parameters<typeof globalThis.fetch>[0], given: RequestInit['headers']): Headers {
    const headers = new Headers(given ?? (input instanceof Request ? input.headers : undefined));
    const traceparent = options.traceparent?.(input instanceof Request ? input.url : String(input));
    if (traceparent !== undefined) headers.set('traceparent', traceparent);
    return headers;
  }

  function unreachable(error: unknown): HeddleError {
    const cause = typeof error === 'object' && error !== null && 'cause' in error ? codeOf(error.cause) : undefined;
    return new HeddleError(
      'provider_failed',
      `Connection '${connection}' cannot be reached${cause === undefined ? '' : ` (${cause})`}: check its address and whether the server runs.`,
      { details: { connection, ...(cause === undefined ? {} : { reason: cause }) } },
    );
  }

  /** Refuses pages, bounds the body in size and silence, and never follows a redirect, because keys would follow it. */
  function guard(response: Response): Response {
    const kind = response.headers.get('content-type') ?? '';
    if (response.ok && kind.includes('text/html'))
      throw fail(
        new HeddleError(
          'provider_reply_invalid',
          `Connection '${connection}' answered with a web page: check that its base URL is the one of an API.`,
          { details: { connection }, retryable: false },
        ),
      );
    const { status, statusText, headers } = response;
    if (status >= 300 && status < 400) throw fail(providerError({ connection, model, status, message: '', keys: [] }));
    if (response.body === null) return new Response(null, { status, statusText, headers });
    return new Response(bounded(response.body, response.ok, kind.includes('event-stream')), {
      status,
      statusText,
      headers,
    });
  }

  function bounded(body: ReadableStream<Uint8Array>, isOk: boolean, isLines: boolean): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    const most = isOk ? (options.maxBytes ?? mostReplyBytes) : mostErrorBytes;
    let bytes = 0;
    let lastByte = 10;
    return new ReadableStream<Uint8Array>(
      {
        async pull(target) {
          const arrived = after(clock.now() + timeouts.idleMs, `the reply was silent for ${timeouts.idleMs} ms`);
          try {
            const { done, value } = await reader.read();
            if (done) {
              // A stream of events ends with a line: one that ends inside it was cut, however orderly.
              if (isOk && isLines && lastByte !== 10) throw fail(cut());
              target.close();
              return;
            }
            bytes += value.byteLength;
            lastByte = value.at(-1) ?? lastByte;
            if (bytes <= most) {
              target.enqueue(value);
              return;
            }
            if (isOk) throw fail(oversized(most));
            // Enough of an error to know it.
            target.close();
            await reader.cancel();
          } catch (error) {
            if (error instanceof HeddleError || failure !== undefined) throw failure ?? error;
            throw controller.signal.aborted ? error : fail(cut());
          } finally {
            arrived();
          }
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  const cut = (): HeddleError =>
    new HeddleError('stream_incomplete', `Connection '${connection}': the reply was cut off before its end.`, {
      details: { connection },
    });
  const oversized = (most: number): HeddleError =>
    new HeddleError('provider_reply_invalid', `Connection '${connection}': the reply is larger than ${most} bytes.`, {
      details: { connection },
      retryable: false,
    });

  return {
    fetch: send,
    signal: controller.signal,
    key: key ?? '',
    check() {
      if (failure !== undefined) throw failure;
    },
    toError(thrown) {
      if (failure !== undefined) return failure;
      if (thrown instanceof HeddleError) return thrown;
      const facts = factsOf(thrown);
      if (facts === undefined) {
        return new HeddleError(
          'provider_reply_invalid',
          `Connection '${connection}' answered with something that cannot be read.`,
          { details: { connection, ...(model === undefined ? {} : { model }) } },
        );
      }
      const keys = key === undefined ? [] : [key];
      const wait = lastHeaders === undefined ? undefined : retryAfterMs(lastHeaders, wall.now());
      return providerError({ connection, model, keys, retryAfterMs: wait, ...facts });
    },
    close() {
      signal.removeEventListener('abort', stop);
      for (const cancel of timers) cancel();
      timers.clear();
      controller.abort(toHeddleError(failure ?? new HeddleError('aborted', 'The call has ended.')));
    },
  };
}

/** Status and words of the errors that client libraries throw; undefined where it is none of a provider. */
function factsOf(
  thrown: unknown,
): { readonly status: number | undefined; readonly message: string; readonly reason?: string | undefined } | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const status = 'status' in thrown && typeof thrown.status === 'number' ? thrown.status : undefined;
  const inner = 'error' in thrown ? thrown.error : undefined;
  const message = 'message' in thrown ? String(thrown.message) : '';
  const body = bodyOf(inner) ?? bodyOf(message);
  if (status === undefined && body === undefined) return undefined;
  return { status: status ?? body?.status, message: body?.message ?? message, reason: body?.reason };
}

interface ErrorBody {
  readonly message: string;
  readonly reason?: string | undefined;
  readonly status?: number | undefined;
}

/** Reads `{ error: { message, type, code } }` and its relatives, as an object or as JSON inside a message. */
function bodyOf(value: unknown, depth = 0): ErrorBody | undefined {
  if (depth > 3) return undefined;
  if (typeof value === 'string') {
    const start = value.indexOf('{');
    if (start < 0) return undefined;
    try {
      return bodyOf(JSON.parse(value.slice(start)) as unknown, depth + 1);
    } catch {
      return undefined;
    }
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const record = new Map<string, unknown>(Object.entries(value));
  const inner = record.get('error');
  if (typeof inner === 'object' && inner !== null) return bodyOf(inner, depth + 1);
  const message = record.get('message') ?? inner;
  if (typeof message !== 'string') return undefined;
  const named = [record.get('type'), record.get('code'), record.get('status')].filter(
    (part) => typeof part === 'string',
  );
  const code = record.get('code');
  return {
    message,
    ...(named.length === 0 ? {} : { reason: named.join(' ') }),
    ...(typeof code === 'number' && code >= 400 && code < 600 ? { status: code } : {}),
  };
}
