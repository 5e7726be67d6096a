import { HeddleError, toHeddleError, type TimeSource, type TraceparentFor } from '@heddle/core';
import { codeOf } from '../../database/storage-error.js';
import { providerError } from './provider-error.js';
import { retryAfterMs } from './retry-delay.js';

interface ExchangeOptions {
  readonly connection: string;
  readonly model?: string | undefined;
  readonly key: string | undefined;
  readonly clock: TimeSource;
  readonly wall: Pick<TimeSource, 'now'>;
  readonly timeouts: { readonly connectMs: number; readonly idleMs: number };
  /** The time on `clock` by which the whole call must have ended. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly maxBytes?: number | undefined;
  readonly traceparent?: TraceparentFor | undefined;
}

const mostReplyBytes = 64 * 1024 * 1024;
const mostErrorBytes = 64 * 1024;
/** Matches the end of a complete event stream: a whole line, but not the name of an event whose data is missing. */
const endsWithLine = /(?<!(?:^|\n)event:[^\n]*)\n$/;
const endBytes = 256;

/**
 * One attempt of a call. It owns the time limits, the size limit and the socket, and remembers the first error, whatever a client library
 * makes of it. `close` must be called at the end.
 */
export class Exchange {
  private readonly options: ExchangeOptions;
  private readonly controller = new AbortController();
  private readonly timers = new Set<() => void>();
  private failure: HeddleError | undefined;
  private lastHeaders: Headers | undefined;
  readonly fetch: typeof globalThis.fetch = (input, init) => this.send(input, init);
  readonly signal: AbortSignal = this.controller.signal;
  readonly key: string;

  constructor(options: ExchangeOptions) {
    this.options = options;
    this.key = options.key ?? '';
    if (options.signal.aborted) this.stop();
    else options.signal.addEventListener('abort', this.stop, { once: true });
    this.after(options.deadline, 'the call took longer than its whole time limit');
  }

  /** Throws the first error, because some libraries end a stream without one. */
  check(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /** Converts a thrown value into a HeddleError; the first error of the exchange has priority. */
  toError(thrown: unknown): HeddleError {
    if (this.failure !== undefined) return this.failure;
    if (thrown instanceof HeddleError) return thrown;
    const facts = factsOf(thrown);
    const { connection, model, key } = this.options;
    if (facts === undefined) {
      return new HeddleError(
        'provider_reply_invalid',
        `Connection '${connection}' answered with something that cannot be read.`,
        { details: { connection, model } },
      );
    }
    const keys = key === undefined ? [] : [key];
    const wait = this.lastHeaders === undefined ? undefined : retryAfterMs(this.lastHeaders, this.options.wall.now());
    return providerError({ connection, model, keys, retryAfterMs: wait, ...facts });
  }

  /** Frees the socket and the timers. */
  close(): void {
    this.options.signal.removeEventListener('abort', this.stop);
    for (const cancel of this.timers) cancel();
    this.timers.clear();
    this.controller.abort(toHeddleError(this.failure ?? new HeddleError('aborted', 'The call has ended.')));
  }

  private fail(error: HeddleError): HeddleError {
    this.failure ??= error;
    this.controller.abort(this.failure);
    return this.failure;
  }

  private readonly stop = (): void => {
    this.fail(new HeddleError('aborted', `The call of connection '${this.options.connection}' was stopped.`));
  };

  private async send(...[input, init]: Parameters<typeof globalThis.fetch>): Promise<Response> {
    const { clock, timeouts } = this.options;
    const follow = (): void => this.controller.abort();
    init?.signal?.addEventListener('abort', follow, { once: true });
    const arrived = this.after(clock.now() + timeouts.connectMs, `no reply began within ${timeouts.connectMs} ms`);
    try {
      const headers = this.traced(input, init?.headers);
      const { signal } = this.controller;
      const response = await globalThis.fetch(input, { ...init, headers, redirect: 'manual', signal });
      this.lastHeaders = response.headers;
      return this.guard(response);
    } catch (error) {
      throw this.failure ?? (this.controller.signal.aborted ? error : this.fail(this.unreachable(error)));
    } finally {
      arrived();
    }
  }

  private after(time: number, what: string): () => void {
    const cancel = this.options.clock.at(time, () => {
      this.fail(
        new HeddleError('provider_timeout', `Connection '${this.options.connection}': ${what}.`, {
          details: { connection: this.options.connection },
        }),
      );
    });
    this.timers.add(cancel);
    return () => {
      this.timers.delete(cancel);
      cancel();
    };
  }

  private traced(input: Parameters<typeof globalThis.fetch>[0], given: RequestInit['headers']): Headers {
    const headers = new Headers(given ?? (input instanceof Request ? input.headers : undefined));
    const traceparent = this.options.traceparent?.(input instanceof Request ? input.url : String(input));
    if (traceparent !== undefined) headers.set('traceparent', traceparent);
    return headers;
  }

  private unreachable(error: unknown): HeddleError {
    const cause = typeof error === 'object' && error !== null && 'cause' in error ? codeOf(error.cause) : undefined;
    return new HeddleError(
      'provider_failed',
      `Connection '${this.options.connection}' cannot be reached${cause === undefined ? '' : ` (${cause})`}: check its address and whether the server runs.`,
      { details: { connection: this.options.connection, reason: cause } },
    );
  }

  /**
   * Refuses HTML pages and limits the size of the body and the pauses in it. Redirects are never followed, because the keys would be sent
   * along.
   */
  private guard(response: Response): Response {
    const kind = response.headers.get('content-type') ?? '';
    if (response.ok && kind.includes('text/html'))
      throw this.fail(
        new HeddleError(
          'provider_reply_invalid',
          `Connection '${this.options.connection}' answered with a web page: check that its base URL is that of an API.`,
          { details: { connection: this.options.connection }, retryable: false },
        ),
      );
    const { status, statusText, headers } = response;
    if (status >= 300 && status < 400)
      throw this.fail(
        providerError({
          connection: this.options.connection,
          model: this.options.model,
          status,
          message: '',
          keys: [],
        }),
      );
    if (response.body === null) return new Response(null, { status, statusText, headers });
    return new Response(this.bounded(response.body, response.ok, kind.includes('event-stream')), {
      status,
      statusText,
      headers,
    });
  }

  private bounded(body: ReadableStream<Uint8Array>, isOk: boolean, isLines: boolean): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    const most = isOk ? (this.options.maxBytes ?? mostReplyBytes) : mostErrorBytes;
    let bytes = 0;
    let end = '\n';
    return new ReadableStream<Uint8Array>(
      {
        pull: async (target) => {
          const arrived = this.after(
            this.options.clock.now() + this.options.timeouts.idleMs,
            `the reply was silent for ${this.options.timeouts.idleMs} ms`,
          );
          try {
            const { done, value } = await reader.read();
            if (done) {
              // A complete event stream ends with a line that has data; any other one was cut off, even if the connection closed normally.
              if (isOk && isLines && !endsWithLine.test(end)) throw this.fail(this.cut());
              target.close();
              return;
            }
            bytes += value.byteLength;
            end = (end + Buffer.from(value.subarray(-endBytes)).toString('latin1')).slice(-endBytes);
            if (bytes <= most) {
              target.enqueue(value);
              return;
            }
            if (isOk) throw this.fail(this.oversized(most));
            // That much is enough to identify the error.
            target.close();
            await reader.cancel();
          } catch (error) {
            if (error instanceof HeddleError || this.failure !== undefined) throw this.failure ?? error;
            throw this.controller.signal.aborted ? error : this.fail(this.cut());
          } finally {
            arrived();
          }
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  private cut(): HeddleError {
    return new HeddleError(
      'stream_incomplete',
      `Connection '${this.options.connection}': the reply was cut off before its end.`,
      {
        details: { connection: this.options.connection },
      },
    );
  }

  private oversized(most: number): HeddleError {
    return new HeddleError(
      'provider_reply_invalid',
      `Connection '${this.options.connection}': the reply is larger than ${most} bytes.`,
      {
        details: { connection: this.options.connection },
        retryable: false,
      },
    );
  }
}

/** The status and message of an error that a client library threw; undefined if it does not come from a provider. */
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

/** Reads `{ error: { message, type, code } }` and similar forms, as an object or as JSON inside a message. */
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
