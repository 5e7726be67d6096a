import { HeddleError, type Connection } from '@heddle/core';
import type { BatchAnswer, BatchLine, BatchCheck, OwnBatch, Provider, ProviderBatches } from './provider.js';
import type { Exchange } from './shared/exchange.js';
import { makeCall, makePlainCall, type CallLine } from './shared/make-call.js';

/**
 * The batches of a connection, within its limits and its circuit breaker. Each function makes one attempt; the caller decides when to try
 * again.
 */
export interface ConnectionBatches {
  readonly connection: Connection;
  /** The body without a setting that the provider refused; undefined if the call needs the setting. */
  without(body: string, setting: string): string | undefined;
  /** Submits a batch and returns its id at the provider. After any error other than a refusal, `find` tells whether it was made. */
  submit(batch: OwnBatch, lines: readonly BatchLine[], signal: AbortSignal): Promise<string>;
  find(batch: OwnBatch, others: ReadonlySet<string>, signal: AbortSignal): ReturnType<ProviderBatches['find']>;
  check(id: string, signal: AbortSignal): Promise<BatchCheck>;
  answers(id: string, signal: AbortSignal): AsyncIterable<BatchAnswer>;
  cancel(id: string, signal: AbortSignal): Promise<void>;
  remove(id: string, signal: AbortSignal): Promise<void>;
}

/** Long limits: batch files are large, and providers take long to accept them. */
const slowest = { connectMs: 600_000, idleMs: 120_000, totalMs: 3_600_000 } as const;
const mostBytes = 2 * 1024 * 1024 * 1024;

/** Errors: `provider_batch_failed` if the provider has no batches. */
export function connectionBatches(line: CallLine, provider: Provider): ConnectionBatches {
  const { connection } = line;
  const { batches } = provider;
  if (batches === undefined)
    throw new HeddleError('provider_batch_failed', `The provider of connection '${connection.id}' has no batches.`, {
      details: { connection: connection.id },
    });
  const patient: CallLine = {
    ...line,
    connection: { ...connection, attempts: 1, timeouts: slowest },
    maxReplyBytes: mostBytes,
  };
  const call = { model: 'batch', tokens: 0, used: () => 0 };
  const once = <Result>(signal: AbortSignal, work: (exchange: Exchange) => Promise<Result>): Promise<Result> =>
    makePlainCall(patient, { ...call, signal, work: async (exchange) => ({ result: await work(exchange) }) }).then(
      ({ result }) => result,
    );
  return {
    connection,
    without: (body, setting) => batches.without(body, setting),
    async submit(batch, lines, signal) {
      const uploaded = await once(signal, async (exchange) => batches.upload?.(batch.id, lines, exchange));
      const calls = uploaded === undefined ? { lines } : { lines, uploaded };
      return once(signal, (exchange) => batches.submit(batch, calls, exchange));
    },
    find: (batch, others, signal) => once(signal, (exchange) => batches.find(batch, others, exchange)),
    check: (id, signal) => once(signal, (exchange) => batches.check(id, exchange)),
    async *answers(id, signal) {
      const work = (exchange: Exchange): AsyncIterable<BatchAnswer> => batches.answers(id, exchange);
      for await (const event of makeCall<BatchAnswer>(patient, { ...call, signal, work }))
        if ('id' in event) yield event;
    },
    cancel: (id, signal) => once(signal, (exchange) => batches.cancel(id, exchange)),
    remove: (id, signal) => once(signal, (exchange) => batches.remove(id, exchange)),
  };
}
