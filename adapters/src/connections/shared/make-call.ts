import {
  HeddleError,
  type Connection,
  type ErrorCode,
  type GenerateEvent,
  type TimeSource,
  type TraceparentFor,
} from '@heddle/core';
import type { CircuitBreaker, CircuitPass } from './circuit-breaker.js';
import { Exchange } from './exchange.js';
import type { RateLimiter, Ticket } from './rate-limiter.js';
import { backoffMs } from './retry-delay.js';
import { sleep } from './sleep.js';

export interface CallLine {
  readonly connection: Connection;
  readonly circuit: CircuitBreaker;
  readonly limiter: RateLimiter;
  /** For limits, rests and retries; a change of the system clock does not affect it. */
  readonly clock: TimeSource;
  /** For times shown to people or sent in headers. */
  readonly wall: Pick<TimeSource, 'now'>;
  readonly random: () => number;
  readonly maxReplyBytes?: number | undefined;
  /** Reads the key for each attempt, so that a new key takes effect at once. Errors: `connection_key_missing`. */
  readonly key: () => Promise<string | undefined>;
}

export interface Call<Event> {
  readonly model: string;
  /** The tokens that the call is expected to use. */
  readonly tokens: number;
  readonly signal: AbortSignal;
  readonly traceparent?: TraceparentFor | undefined;
  /** Makes one attempt. Once it has yielded something, there is no further attempt. */
  readonly work: (exchange: Exchange) => AsyncIterable<Event>;
  /** The tokens that the last attempt used, once it succeeded. */
  readonly used: () => number;
}

/** An event about the queue or the attempts of a call. */
export type LineEvent = Extract<GenerateEvent, { readonly type: 'waiting' | 'started' | 'retrying' }>;

/** The longest wait that a provider may request; after a longer one, the call fails. */
const longestWaitMs = 120_000;

/** Errors that concern the provider's health, and so count for the circuit breaker. */
const ofTheProvider: ReadonlySet<ErrorCode> = new Set([
  'provider_failed',
  'provider_timeout',
  'provider_reply_invalid',
  'stream_incomplete',
]);

/**
 * Makes a call: waits until it may start, then makes attempts. It tries again after errors that may pass, as long as nothing has been
 * yielded. Errors: `aborted`, `circuit_open`, `model_busy`, `provider_*`, `stream_incomplete`, `context_too_long`.
 */
export async function* makeCall<Event>(line: CallLine, call: Call<Event>): AsyncGenerator<Event | LineEvent, void> {
  const { connection, clock } = line;
  let deadline: number | undefined;
  let hasGivenOut = false;
  for (let attempt = 1; ; attempt += 1) {
    // Checked before the queue, so that no call waits for a connection whose circuit is open.
    line.circuit.enter().leave();
    const ticket = line.limiter.enter(call.tokens);
    let pass: CircuitPass | undefined;
    let exchange: Exchange | undefined;
    let failure: HeddleError;
    try {
      yield* waitForStart(ticket, call.signal);
      if (attempt === 1) yield { type: 'started' };
      pass = line.circuit.enter();
      deadline ??= clock.now() + connection.timeouts.totalMs;
      exchange = exchangeOf(line, call, await line.key(), deadline);
      exchange.check();
      for await (const event of call.work(exchange)) {
        hasGivenOut = true;
        yield event;
      }
      pass.succeed();
      ticket.settle(call.used());
      return;
    } catch (thrown) {
      failure = exchange === undefined ? asHeddleError(thrown) : exchange.toError(thrown);
      if (ofTheProvider.has(failure.code)) pass?.fail();
    } finally {
      pass?.leave();
      exchange?.close();
      ticket.leave();
    }
    const asked = failure.details?.['retryAfterSeconds'];
    const waitMs = failure.code !== 'circuit_open' && typeof asked === 'number' ? asked * 1000 : undefined;
    if (waitMs !== undefined && failure.code === 'provider_rate_limited')
      line.limiter.pauseUntil(clock.now() + Math.min(waitMs, longestWaitMs));
    const dueAt = clock.now() + (waitMs ?? 0) + backoffMs(attempt, line.random);
    const isTooLate = (waitMs ?? 0) > longestWaitMs || (deadline !== undefined && dueAt >= deadline);
    if (
      hasGivenOut ||
      isTooLate ||
      !maySucceedLater(failure) ||
      attempt >= connection.attempts ||
      line.circuit.state === 'open'
    )
      throw failure;
    yield {
      type: 'retrying',
      dueAt: line.wall.now() + dueAt - clock.now(),
      attempt: attempt + 1,
      reason: failure.code,
    };
    await sleep(clock, dueAt, call.signal);
  }
}

const exchangeOf = (
  { connection, clock, wall, maxReplyBytes: maxBytes }: CallLine,
  { model, signal, traceparent }: Pick<Call<unknown>, 'model' | 'signal' | 'traceparent'>,
  key: string | undefined,
  deadline: number,
): Exchange => {
  const { id, timeouts } = connection;
  return new Exchange({ connection: id, model, key, clock, wall, timeouts, deadline, signal, maxBytes, traceparent });
};

const maySucceedLater = ({ retryable, code }: HeddleError): boolean =>
  retryable && code !== 'circuit_open' && code !== 'model_busy';

async function* waitForStart(ticket: Ticket, signal: AbortSignal): AsyncGenerator<LineEvent> {
  const leave = (): void => ticket.leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    for (;;) {
      if (signal.aborted) throw stopped();
      const step = await ticket.next();
      if (signal.aborted) throw stopped();
      if (step === 'ready') return;
      yield { type: 'waiting', position: step };
    }
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

const stopped = (): HeddleError => new HeddleError('aborted', 'The call was stopped while it waited.');

function asHeddleError(thrown: unknown): HeddleError {
  if (thrown instanceof HeddleError) return thrown;
  return new HeddleError('internal', 'The call could not be made.', { cause: thrown });
}

/** Makes a call whose result is a single value. */
export async function makePlainCall<Result>(
  line: CallLine,
  call: Omit<Call<never>, 'work'> & { readonly work: (exchange: Exchange) => Promise<Result> },
): Promise<Result> {
  const results: Result[] = [];
  const events = makeCall<never>(line, {
    ...call,
    work: (exchange) => settle(call.work(exchange), results),
  });
  for await (const _event of events);
  const [result] = results;
  if (result === undefined) throw new HeddleError('internal', 'The call ended without a result.');
  return result;
}

/** An iterable that yields nothing and ends when a promise settles. */
function settle<Result>(promise: Promise<Result>, results: Result[]): AsyncIterable<never> {
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        results.push(await promise);
        return { done: true, value: undefined };
      },
    }),
  };
}
