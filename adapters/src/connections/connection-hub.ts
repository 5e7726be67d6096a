import {
  connectionSecret,
  HeddleError,
  splitModelId,
  steadySource,
  type CircuitState,
  type Classifier,
  type Clock,
  type Connection,
  type ConnectionStore,
  type ConnectionTest,
  type Destination,
  type Embedder,
  type LanguageModel,
  type LanguageModelInfo,
  type RemoteModelCard,
  type Reranker,
  type SecretVault,
  type Tokenizer,
} from '@heddle/core';
import { connectionBatches, type ConnectionBatches } from './connection-batches.js';
import { findPreset } from './presets.js';
import { openProvider } from './open-provider.js';
import type { Provider } from './provider.js';
import { createRemoteClassifier } from './remote-classifier.js';
import { createRemoteEmbedder } from './remote-embedder.js';
import { createRemoteLanguageModel } from './remote-language-model.js';
import { createRemoteReranker } from './remote-reranker.js';
import { createCircuitBreaker } from './shared/circuit-breaker.js';
import { estimatePieces, estimateTokens } from './shared/estimate-tokens.js';
import type { ReadFile } from './shared/load-files.js';
import type { CallLine } from './shared/make-call.js';
import { findPrice, textPriceOf } from './shared/price-call.js';
import { RateLimiter } from './shared/rate-limiter.js';
import { testConnection } from './test-connection.js';

interface ConnectionsOptions {
  readonly store: ConnectionStore;
  readonly vault: SecretVault;
  readonly clock: Clock;
  /** Returns a number from 0 up to, but not including, 1; it spreads the retries of many callers. */
  readonly random: () => number;
  readonly readFile: ReadFile;
  /** Another source of keys, used if the vault has none; it returns undefined if it has none either. */
  readonly fallbackKey?: (secret: string) => Promise<string | undefined>;
  /** The most bytes of a reply. Default 64 MB. */
  readonly maxReplyBytes?: number;
  /**
   * Milliseconds after which a connection is read again, because another process may have changed it. Undefined if no other process uses
   * the database.
   */
  readonly recheckMs?: number | undefined;
}

interface ConnectionState {
  readonly id: string;
  readonly circuit: CircuitState;
  /** When a connection with an open circuit is tried again. */
  readonly retryAt: number | undefined;
  readonly inFlight: number;
  readonly waiting: number;
  readonly pausedUntil: number | undefined;
}

interface Opened {
  /** When the connection was last compared with the stored one, by the steady clock. */
  checkedAt: number;
  readonly line: CallLine;
  readonly provider: () => Promise<Provider>;
  readonly embedders: Map<string, Promise<Embedder>>;
  readonly rerankers: Map<string, Reranker>;
}

/** The context window of a model whose card names none, in tokens. */
const usualContext = 128_000;

/**
 * Opens every model of every connection as a port of core. All runs share the queue, limits and circuit breaker of a connection.
 *
 * @example const hub = new ConnectionHub({ store, vault, clock, random: Math.random, readFile });
 */
export class ConnectionHub {
  private readonly options: ConnectionsOptions;
  private readonly opened = new Map<string, Promise<Opened>>();
  private readonly known = new Map<string, Opened>();

  constructor(options: ConnectionsOptions) {
    this.options = options;
  }

  /** Errors: `connection_not_found`, `connection_disabled`, `model_unknown`. */
  async languageModel(id: string): Promise<LanguageModel> {
    const { line, provider, model } = await this.use(id);
    return createRemoteLanguageModel({
      info: infoOf(id, model, line.connection),
      model,
      line,
      provider,
      readFile: this.options.readFile,
    });
  }

  async embedder(id: string): Promise<Embedder> {
    const { line, provider, model, embedders } = await this.use(id);
    let embedder = embedders.get(id);
    if (embedder === undefined) {
      const card = cardOf(line.connection, model);
      const destination = destinationOf(id, line.connection);
      const price = findPrice(line.connection.prices, model);
      embedder = createRemoteEmbedder({ id, model, card, price, destination, line, provider: await provider() });
      embedders.set(id, embedder);
      embedder.catch(() => embedders.delete(id));
    }
    return embedder;
  }

  /** Errors: `connection_not_found`, `connection_disabled`, `model_unknown`, `model_wrong_kind`. */
  async reranker(id: string): Promise<Reranker> {
    const { line, provider, model, rerankers } = await this.use(id);
    const known = rerankers.get(id);
    if (known !== undefined) return known;
    const card = cardOf(line.connection, model);
    const price = findPrice(line.connection.prices, model);
    const destination = destinationOf(id, line.connection);
    const reranker = createRemoteReranker({ id, model, card, price, destination, line, provider: await provider() });
    rerankers.set(id, reranker);
    return reranker;
  }

  async classifier(id: string): Promise<Classifier> {
    const { line, provider, model } = await this.use(id);
    const destination = destinationOf(id, line.connection);
    return createRemoteClassifier({ id, model, destination, line, provider: await provider() });
  }

  /** The batches of a connection. Errors: `connection_not_found`, `connection_disabled`, `provider_batch_failed`. */
  async batches(id: string): Promise<ConnectionBatches> {
    const { line, provider } = await this.use(`${id}/-`);
    return connectionBatches(line, await provider());
  }

  /** The destination of a model, found without a call. Errors: `connection_not_found`, `connection_disabled`, `model_unknown`. */
  async destination(id: string): Promise<Destination> {
    return destinationOf(id, (await this.use(id)).line.connection);
  }

  /** Counts tokens by estimate, because providers do not publish their tokenizers. */
  async tokenizer(id: string): Promise<Tokenizer> {
    await this.use(id);
    return { id, count: estimateTokens, offsets: (text) => [...estimatePieces(text)] };
  }

  /** Calls the provider once, past the queue and the circuit breaker. */
  async test(
    id: string,
    how?: { readonly model?: string | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<ConnectionTest> {
    const { line, provider } = await this.open(id);
    return testConnection(line, provider, how);
  }

  state(id: string): ConnectionState {
    const line = this.known.get(id)?.line;
    if (line === undefined)
      return { id, circuit: 'closed', retryAt: undefined, inFlight: 0, waiting: 0, pausedUntil: undefined };
    const wallTime = (time: number | undefined): number | undefined =>
      time === undefined ? undefined : line.wall.now() + time - line.clock.now();
    const { pausedUntil, ...counts } = line.limiter.state();
    const { state: circuit, retryAt } = line.circuit;
    return { id, circuit, ...counts, retryAt: wallTime(retryAt), pausedUntil: wallTime(pausedUntil) };
  }

  /** Called after a connection or its key changed: the next call opens it again. Calls in progress are not affected. */
  forget(id: string): void {
    this.opened.delete(id);
    this.known.delete(id);
  }

  private async open(id: string): Promise<Opened> {
    if (this.options.recheckMs !== undefined) await this.recheck(id, this.options.recheckMs);
    let opening = this.opened.get(id);
    if (opening === undefined) {
      opening = this.start(id);
      this.opened.set(id, opening);
      // A failed opening is not kept; the caller below receives the error.
      opening.then(
        (connection) => this.known.set(id, connection),
        () => this.opened.delete(id),
      );
    }
    return opening;
  }

  /** Opens a connection again if another process changed it. Otherwise its queue, limits and circuit breaker stay. */
  private async recheck(id: string, recheckMs: number): Promise<void> {
    const { store, clock } = this.options;
    const known = this.known.get(id);
    if (known === undefined) return;
    const now = steadySource(clock).now();
    if (now - known.checkedAt < recheckMs) return;
    known.checkedAt = now;
    const stored = await store.get(id).catch((error: unknown) => {
      this.forgetOpened(id, known);
      throw error;
    });
    if (JSON.stringify(stored) !== JSON.stringify(known.line.connection)) this.forgetOpened(id, known);
  }

  private forgetOpened(id: string, known: Opened): void {
    if (this.known.get(id) === known) this.forget(id);
  }

  private async start(id: string): Promise<Opened> {
    const connection = await this.options.store.get(id);
    const { clock: wall, random } = this.options;
    const clock = steadySource(wall);
    let provider: Promise<Provider> | undefined;
    return {
      checkedAt: clock.now(),
      line: {
        connection,
        clock,
        wall,
        random,
        maxReplyBytes: this.options.maxReplyBytes,
        circuit: createCircuitBreaker({ connection: id, clock }),
        limiter: new RateLimiter({ connection: id, limits: connection.limits, clock }),
        key: () => keyOf(this.options, connection),
      },
      provider: () => (provider ??= openProvider(connection, clock)),
      embedders: new Map(),
      rerankers: new Map(),
    };
  }

  private async use(id: string): Promise<Opened & { readonly model: string }> {
    const { connection, model } = splitModelId(id);
    if (connection === undefined || model === '')
      throw new HeddleError('model_unknown', `'${id}' is not a model of a connection: write connection/model.`, {
        details: { model: id },
      });
    const found = await this.open(connection);
    if (!found.line.connection.isEnabled)
      throw new HeddleError('connection_disabled', `Connection '${connection}' is switched off: switch it on again.`, {
        details: { connection },
      });
    return { ...found, model };
  }
}

async function keyOf({ vault, fallbackKey }: ConnectionsOptions, connection: Connection): Promise<string | undefined> {
  const name = connectionSecret(connection.id);
  try {
    return await vault.get(name);
  } catch (error) {
    if (!(error instanceof HeddleError) || error.code !== 'secret_not_found') throw error;
  }
  const key = await fallbackKey?.(name);
  if (key === undefined && needsKey(connection))
    throw new HeddleError('connection_key_missing', `Connection '${connection.id}' has no key: set one.`, {
      details: { connection: connection.id },
    });
  return key;
}

function needsKey(connection: Connection): boolean {
  return connection.kind !== 'openai-compatible' || findPreset(connection.preset)?.needsKey === true;
}

function cardOf(connection: Connection, model: string): RemoteModelCard | undefined {
  return connection.models.find(({ name }) => name === model);
}

const destinationOf = (id: string, { clearance, isLocal }: Connection): Destination => ({
  name: id,
  clearance,
  isLocal,
});

function infoOf(id: string, model: string, connection: Connection): LanguageModelInfo {
  const card = cardOf(connection, model);
  const price = textPriceOf(connection, model);
  return {
    id,
    contextTokens: card?.contextTokens ?? usualContext,
    maxOutputTokens: card?.maxOutputTokens,
    supports: {
      // If the provider does not enforce a schema, answers are checked and repaired here.
      schema: true,
      tools: card?.supports.tools ?? true,
      images: card?.supports.images ?? connection.kind !== 'openai-compatible',
      reasoning: card?.supports.reasoning ?? false,
    },
    price,
    destination: destinationOf(id, connection),
  };
}
