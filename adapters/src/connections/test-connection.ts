import { HeddleError, type ConnectionTest, type RemoteModelCard } from '@heddle/core';
import type { Provider, ProviderEvent } from './provider.js';
import { Exchange } from './shared/exchange.js';
import type { CallLine } from './shared/make-call.js';

/** The time limit of a test, because a person waits for it. */
const mostMs = 20_000;

/**
 * Makes a minimal real call: lists the models, and requests a few tokens of one model if one is named or known. It bypasses the queue and
 * the circuit breaker, and closes the circuit if it succeeds.
 */
export async function testConnection(
  line: CallLine,
  open: () => Promise<Provider>,
  options: { readonly model?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<ConnectionTest> {
  const { connection, clock, wall } = line;
  const startedAt = clock.now();
  const known = (wanted: RemoteModelCard['kind']): string | undefined =>
    connection.models.find(({ kind }) => kind === wanted)?.name;
  const model = options.model ?? known('generate') ?? known('rerank');
  const isReranker = connection.models.some(({ name, kind }) => name === model && kind === 'rerank');
  let models: readonly string[] = [];
  let exchange: Exchange | undefined;
  try {
    const provider = await open();
    exchange = new Exchange({
      connection: connection.id,
      model,
      key: await line.key(),
      clock,
      wall,
      timeouts: {
        connectMs: Math.min(connection.timeouts.connectMs, mostMs),
        idleMs: Math.min(connection.timeouts.idleMs, mostMs),
      },
      deadline: startedAt + mostMs,
      signal: options.signal ?? new AbortController().signal,
    });
    exchange.check();
    models = await listModels(provider, exchange, isReranker);
    exchange.check();
    if (model !== undefined && isReranker) await provider.rerank?.({ model, query: 'Hi', texts: ['Hi'] }, exchange);
    else if (model !== undefined) {
      const request = { model, messages: [{ role: 'user' as const, content: 'Hi' }], maxTokens: 16, files: new Map() };
      let last: ProviderEvent | undefined;
      for await (const event of provider.generate(request, exchange)) last = event;
      exchange.check();
      if (last === undefined)
        throw new HeddleError(
          'provider_reply_invalid',
          `Connection '${connection.id}': model '${model}' said nothing.`,
        );
    }
    line.circuit.reset();
    return { isReachable: true, ms: clock.now() - startedAt, models: [...models] };
  } catch (thrown) {
    const error =
      exchange?.toError(thrown) ??
      (thrown instanceof HeddleError ? thrown : new HeddleError('internal', 'The test could not be run.'));
    if (error.code === 'aborted') throw error;
    const { code, message } = error;
    return { isReachable: false, ms: clock.now() - startedAt, models: [...models], code, message };
  } finally {
    exchange?.close();
  }
}

/** Rerank servers often have no list of models; the call of the model shows whether they can be reached. */
async function listModels(provider: Provider, exchange: Exchange, isOptional: boolean): Promise<readonly string[]> {
  try {
    return await provider.models(exchange);
  } catch (thrown) {
    const error = exchange.toError(thrown);
    if (isOptional && error.details?.['status'] === 404) return [];
    throw error;
  }
}
